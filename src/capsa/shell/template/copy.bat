@rem The value of one variable for another; a variable without a value is none at all.
:capsa_copy
@set "%~2="
@if not defined %~1 exit /b 0
@if "!!"=="" set "%~2=!%~1!"
@if "!!"=="" exit /b 0
@setlocal EnableDelayedExpansion
@for /f delims^=^ eol^= %%A in ("!%~1!") do @(endlocal & set "%~2=%%A")
@exit /b 0
