# TAB for capsa in PowerShell (5.1 or newer). Names come from folders, as data, and are quoted when they are put into
# the line. Made by capsa.

$global:_CapsaVerbs = @(|VERBS|)
$global:_CapsaSeconds = @(|SECONDS|)
$global:_CapsaEverywhere = @(|ALL|)
$global:_CapsaNamed = |NAMED|
$global:_CapsaLines = @{
|CASES|
}

function global:_capsa_offer {
    # Words of a kind, as text.
    param([string] $kind)
    if ($kind.StartsWith('choice ')) {
        return $kind.Substring(7).Split(' ')
    }
    if ($kind -ceq 'box' -and [IO.Directory]::Exists($global:_CapsaNamed)) {
        foreach ($folder in [IO.Directory]::GetDirectories($global:_CapsaNamed)) {
            if ([IO.File]::Exists([IO.Path]::Combine($folder, 'pyvenv.cfg'))) {
                [IO.Path]::GetFileName($folder)
            }
        }
    }
    if ($kind -ceq 'package') {
        $box = $env:VIRTUAL_ENV
        $place = $PWD.ProviderPath
        while (-not $box -and $place) {
            $near = [IO.Path]::Combine($place, '.venv')
            if ([IO.File]::Exists([IO.Path]::Combine($near, 'pyvenv.cfg'))) {
                $box = $near
            }
            $place = [IO.Path]::GetDirectoryName($place)
        }
        if ($box) {
            $pythons = @([IO.Path]::Combine($box, 'Lib'))
            $unix = [IO.Path]::Combine($box, 'lib')
            if ([IO.Directory]::Exists($unix)) {
                $pythons += [IO.Directory]::GetDirectories($unix)
            }
            foreach ($python in $pythons) {
                $packages = [IO.Path]::Combine($python, 'site-packages')
                if ([IO.Directory]::Exists($packages)) {
                    foreach ($folder in [IO.Directory]::GetDirectories($packages, '*.dist-info')) {
                        $name = [IO.Path]::GetFileName($folder).Split('-')[0]
                        # Names that no package can have are passed over.
                        if ($name -match '^[A-Za-z0-9._]+$') {
                            $name.Replace('_', '-')
                        }
                    }
                }
            }
        }
    }
}

function global:_capsa_result {
    # One word that begins with what was typed, for PowerShell to show and to put in.
    param([string] $word, [string] $typed, [string] $help, [string] $front)
    if (-not $word.StartsWith($typed, [StringComparison]::OrdinalIgnoreCase)) {
        return
    }
    $text = $word
    if ($word -notmatch '^[A-Za-z0-9._-]+$') {
        $text = '''' + [Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($word) + ''''
    }
    if (-not $help) {
        $help = $word
    }
    [Management.Automation.CompletionResult]::new($front + $text, $word, 'ParameterValue', $help)
}

Register-ArgumentCompleter -Native -CommandName capsa -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $verb = ''
    $waiting = ''
    $count = 0
    $line = @{ Takes = 'text'; Most = 0; Options = @() }
    $typed = ([string] $wordToComplete).Trim([char] 39, [char] 34)
    foreach ($element in @($commandAst.CommandElements | Select-Object -Skip 1)) {
        if ($element.Extent.EndOffset -ge $cursorPosition) {
            break
        }
        $word = $element.Extent.Text.Trim([char] 39, [char] 34)
        if ($waiting) {
            $waiting = ''
        } elseif ($word.StartsWith('-')) {
            foreach ($row in $line.Options + $global:_CapsaEverywhere) {
                $names, $kind, $help = $row.Split([char] 9)
                if ($names.Split(' ') -ccontains $word -and $kind -cne 'flag' -and -not $kind.StartsWith('=')) {
                    $waiting = $kind
                }
            }
        } else {
            $found = ($verb + ' ' + $word).Trim()
            if ($count -eq 0 -and $global:_CapsaLines.ContainsKey($found)) {
                $verb = $found
                $line = $global:_CapsaLines[$found]
            } elseif (-not $verb) {
                $verb = $word
            } else {
                $count++
            }
        }
    }
    if ($waiting) {
        foreach ($word in _capsa_offer $waiting) {
            _capsa_result $word $typed
        }
    } elseif ($typed.StartsWith('-')) {
        foreach ($row in $line.Options + $global:_CapsaEverywhere) {
            $names, $kind, $help = $row.Split([char] 9)
            foreach ($name in $names.Split(' ')) {
                if ($typed.StartsWith($name + '=')) {
                    foreach ($word in _capsa_offer $kind.TrimStart('=')) {
                        _capsa_result $word $typed.Substring($name.Length + 1) '' ($name + '=')
                    }
                }
                _capsa_result $name $typed $help
            }
        }
    } elseif (-not $verb) {
        foreach ($row in $global:_CapsaVerbs) {
            $name, $help = $row.Split([char] 9)
            _capsa_result $name $typed $help
        }
    } else {
        foreach ($row in $global:_CapsaSeconds) {
            $name, $help = $row.Split([char] 9)
            if ($name.StartsWith($verb + ' ')) {
                _capsa_result $name.Substring($verb.Length + 1) $typed $help
            }
        }
        if ($count -lt $line.Most) {
            foreach ($word in _capsa_offer $line.Takes) {
                _capsa_result $word $typed
            }
        }
    }
}
