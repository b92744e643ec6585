@if not defined _CAPSA_KEPT if not defined _OLD_VIRTUAL_PATH goto capsa_left
@call :capsa_copy _OLD_VIRTUAL_PATH PATH
@if defined _OLD_VIRTUAL_PYTHONHOME call :capsa_copy _OLD_VIRTUAL_PYTHONHOME PYTHONHOME
@if defined _OLD_VIRTUAL_PROMPT call :capsa_copy _OLD_VIRTUAL_PROMPT PROMPT
@call :capsa_copy _CAPSA_OLD_ENV VIRTUAL_ENV
@call :capsa_copy _CAPSA_OLD_PROMPT VIRTUAL_ENV_PROMPT
@for %%N in (PATH PYTHONHOME PROMPT) do @set "_OLD_VIRTUAL_%%N="
@for %%N in (KEPT OLD_ENV OLD_PROMPT) do @set "_CAPSA_%%N="
:capsa_left
