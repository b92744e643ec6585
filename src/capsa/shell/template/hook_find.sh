# The project ($1, its real path), its box and its programs belong to the user; every folder on the way to them belongs
# to root or the user, and nobody else may write there. Above them a sticky folder like /tmp will do. No builtin tells
# the owner or the mode, so one process does. A box or its programs may be links: where they lead is what is entered.
function _capsa_is_safe {
    typeset folder found project="$1"
    _capsa_root=${1%/}/.venv
    _capsa_scripts=$_capsa_root/bin
    if [[ ! -O $1 || ! -O $_capsa_root || ! -O $_capsa_scripts ]]; then
        return 1
    fi
    set -- "$_capsa_scripts"
    if [[ -L $_capsa_root || -L $_capsa_scripts ]]; then
        _capsa_root=$(command cd -P "$_capsa_root" 2>/dev/null && command pwd) || return
        _capsa_scripts=$(command cd -P "$_capsa_scripts" 2>/dev/null && command pwd) || return
        set -- "$_capsa_scripts" "$_capsa_root" "$project"
    fi
    for folder in "$@"; do
        while [[ -n ${folder%/} ]]; do
            folder=${folder%/*}
            set -- "$@" "${folder:-/}"
        done
    done
    set -- "$@" -prune "(" ! -user 0 ! -user "$_capsa_user"
    set -- "$@" -o "(" -perm -0002 -o -perm -0020 ! -group "$_capsa_group" ")"
    if [[ ! -k $project && ! -k $_capsa_root && ! -k $_capsa_scripts ]]; then
        set -- "$@" ! -perm -1000
    fi
    found=$(exec find "$@" ")" -print 2>/dev/null) && [[ -z $found ]]
}
