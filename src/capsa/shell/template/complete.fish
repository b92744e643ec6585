# TAB for capsa in fish. Names come from folders, as data: fish quotes them when it puts them into the line. By capsa.

function __capsa_table --no-scope-shadowing
    set takes text
    set most 0
    set options
    switch $argv[1]
|CASES|
    end
    set -a options |ALL|
end

# Offer words of a kind.
function __capsa_offer
    switch $argv[1]
        case 'choice *'
            string split ' ' -- (string replace 'choice ' '' -- $argv[1])
        case box
            set -l place |NAMED|
            for entry in $place/*/pyvenv.cfg
                string replace -r '.*/([^/]+)/pyvenv\.cfg$' '$1' -- $entry
            end
            __fish_complete_directories $argv[2] ''
        case package
            set -l box $VIRTUAL_ENV
            set -l folder $PWD
            while test -z "$box" -a -n "$folder"
                if test -f $folder/.venv/pyvenv.cfg
                    set box $folder/.venv
                end
                set folder (string replace -r '/[^/]*$' '' -- $folder)
            end
            if test -n "$box"
                set -l entries $box/lib/*/site-packages/*.dist-info $box/Lib/site-packages/*.dist-info
                # Names that no package can have are passed over.
                for name in (string replace -rf '.*/([A-Za-z0-9._]+)-[^/]*$' '$1' -- $entries)
                    string replace -a _ - -- $name
                end
            end
        case folder
            __fish_complete_directories $argv[2] ''
        case file
            __fish_complete_path $argv[2]
        case command
            __fish_complete_subcommand --commandline $argv[2]
    end
end

function __capsa_complete
    set -l verbs |VERBS|
    set -l seconds |SECONDS|
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l verb ''
    set -l waiting ''
    set -l count 0
    set -l takes text
    set -l most 0
    set -l options
    set -l tab \t
    __capsa_table ''
    for word in $words[2..]
        if test -n "$waiting"
            set waiting ''
        else if string match -q -- '--*=*' $word
            continue
        else if string match -q -- '-?*' $word
            set waiting (__capsa_kind $word $options)
            if contains -- "$waiting" flag; or string match -q -- '=*' $waiting
                set waiting ''
            end
        else if test -z "$verb"
            set verb $word
            __capsa_table $verb
        else if string match -q -- "$verb $word$tab*" $seconds
            set verb "$verb $word"
            __capsa_table $verb
        else
            set count (math $count + 1)
            if test "$takes" = command
                # The words of another command.
                __fish_complete_path $current
                return
            end
        end
    end
    if test -n "$waiting"
        __capsa_offer $waiting $current
    else if string match -q -- '--*=*' $current
        set -l option (string split -m 1 = -- $current)
        for word in (__capsa_offer (string replace -r '^=' '' -- (__capsa_kind $option[1] $options)) $option[2])
            echo "$option[1]=$word"
        end
    else if string match -q -- '-*' $current
        for row in $options
            set -l fields (string split \t -- $row)
            for name in (string split ' ' -- $fields[1])
                echo $name\t$fields[3]
            end
        end
    else if test -z "$verb"
        printf '%s\n' $verbs
    else
        string replace -f -- "$verb " '' (string match -- "$verb *" $seconds)
        if test $count -lt $most
            __capsa_offer $takes $current
        end
    end
end

# The kind of word that an option takes, "flag" for one that takes none.
function __capsa_kind
    for row in $argv[2..]
        set -l fields (string split \t -- $row)
        if contains -- $argv[1] (string split ' ' -- $fields[1])
            echo $fields[2]
            return
        end
    end
    echo flag
end

complete -c capsa -e
complete -c capsa -f -a '(__capsa_complete)'
