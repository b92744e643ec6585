    if [ -n "${_CAPSA_KEPT+x}" ]; then
        case $_CAPSA_KEPT in
            *' PATH '*) PATH=${_OLD_VIRTUAL_PATH-}; export PATH ;;
            *) unset -v PATH ;;
        esac
        case $_CAPSA_KEPT in
            *' PYTHONHOME '*) PYTHONHOME=${_OLD_VIRTUAL_PYTHONHOME-}; export PYTHONHOME ;;
        esac
        case $_CAPSA_KEPT in
            *' PS1 '*) PS1=${_OLD_VIRTUAL_PS1-} ;;
        esac
        case $_CAPSA_KEPT in
            *' VIRTUAL_ENV '*) VIRTUAL_ENV=${_CAPSA_OLD_ENV-}; export VIRTUAL_ENV ;;
            *) unset -v VIRTUAL_ENV ;;
        esac
        case $_CAPSA_KEPT in
            *' VIRTUAL_ENV_PROMPT '*) VIRTUAL_ENV_PROMPT=${_CAPSA_OLD_PROMPT-}; export VIRTUAL_ENV_PROMPT ;;
            *) unset -v VIRTUAL_ENV_PROMPT ;;
        esac
        unset -v _CAPSA_KEPT _CAPSA_OLD_ENV _CAPSA_OLD_PROMPT || :
        unset -v _OLD_VIRTUAL_PATH _OLD_VIRTUAL_PYTHONHOME _OLD_VIRTUAL_PS1 || :
        hash -r 2>/dev/null || :
    fi
    if [ "${1-}" != nondestructive ]; then
        unset -f deactivate
    fi
