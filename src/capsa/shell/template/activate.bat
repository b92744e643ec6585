@rem Steps into this box:  PATH-OF-THIS-FILE  (cmd; in a batch file with `call` before it)
@rem `deactivate` steps out and leaves every variable as it was. Made by capsa.
@rem
@rem Between percent signs a variable is read before the line is taken apart, so that signs in its value would count;
@rem between exclamation marks after that. Where those are not in use, setlocal brings them, and the variable of a loop,
@rem which is read late too, takes the value out again.

@call :capsa_place
@if errorlevel 1 exit /b 1
|LEAVE|
@call :capsa_copy VIRTUAL_ENV _CAPSA_OLD_ENV
@call :capsa_copy VIRTUAL_ENV_PROMPT _CAPSA_OLD_PROMPT
@call :capsa_copy PATH _OLD_VIRTUAL_PATH
@set "_CAPSA_KEPT=1"
@call :capsa_copy _CAPSA_ROOT VIRTUAL_ENV
@set "_CAPSA_ROOT="
@set "VIRTUAL_ENV_PROMPT=|PROMPT|"
@if not defined VIRTUAL_ENV_PROMPT call :capsa_name

@if "!!"=="" set "PATH=!VIRTUAL_ENV!\|SCRIPTS|;!PATH!"
@if "!!"=="" goto capsa_home
@setlocal EnableDelayedExpansion
@for /f delims^=^ eol^= %%A in ("!VIRTUAL_ENV!\|SCRIPTS|;!PATH!") do @(endlocal & set "PATH=%%A")
:capsa_home

@rem PYTHONHOME would make the environment's Python look elsewhere.
@if not defined PYTHONHOME goto capsa_prompt
@call :capsa_copy PYTHONHOME _OLD_VIRTUAL_PYTHONHOME
@set "PYTHONHOME="
:capsa_prompt

@if defined VIRTUAL_ENV_DISABLE_PROMPT exit /b 0
@if not defined PROMPT exit /b 0
@call :capsa_copy PROMPT _OLD_VIRTUAL_PROMPT
@rem A dollar sign begins a code there, and two of them are one.
@if "!!"=="" set "PROMPT=(!VIRTUAL_ENV_PROMPT:$=$$!) !PROMPT!"
@if "!!"=="" exit /b 0
@setlocal EnableDelayedExpansion
@for /f delims^=^ eol^= %%A in ("(!VIRTUAL_ENV_PROMPT:$=$$!) !PROMPT!") do @(endlocal & set "PROMPT=%%A")
@exit /b 0

@rem Where this file lies: asked in a subroutine, since the main part can't tell when its name was typed in quotes.
:capsa_place
@if not "!!"=="" goto capsa_there
@setlocal DisableDelayedExpansion
@set "_CAPSA_ROOT=%~dp0"
@if "%_CAPSA_ROOT:!=%"=="%_CAPSA_ROOT%" goto capsa_plain
@echo capsa: there is an exclamation mark in "%~dp0", which this cmd expands; start one without /V:ON>&2
@exit /b 1
:capsa_plain
@endlocal
:capsa_there
@if not exist "%~dp0..\pyvenv.cfg" goto capsa_missing
@for %%I in ("%~dp0..") do @set "_CAPSA_ROOT=%%~fI"
@exit /b 0
:capsa_missing
@echo capsa: there is no box around "%~dp0">&2
@exit /b 1

@rem Without a name that was asked for: that of the folder, or for `.venv` of the one above.
:capsa_name
@for %%I in ("%~dp0..") do @set "VIRTUAL_ENV_PROMPT=%%~nxI"
@if /i not "%VIRTUAL_ENV_PROMPT%"==".venv" exit /b 0
@for %%I in ("%~dp0..\..") do @set "VIRTUAL_ENV_PROMPT=%%~nxI"
@exit /b 0

|COPY|
