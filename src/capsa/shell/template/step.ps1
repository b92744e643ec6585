# Expects the box in $root, its scripts folder in $scripts and the text for the prompt in $name.
if ((Test-Path -LiteralPath Function:deactivate) -and ($env:VIRTUAL_ENV -or (Test-Path Variable:global:_CapsaKept))) {
    # Another box is active: its own way out comes first.
    deactivate -NonDestructive
}
$kept = @{
    PATH = $env:PATH
    VIRTUAL_ENV = $env:VIRTUAL_ENV
    VIRTUAL_ENV_PROMPT = $env:VIRTUAL_ENV_PROMPT
    PYTHONHOME = $null
    Prompt = $null
}
$env:VIRTUAL_ENV = $root
if ($env:PATH) {
    $env:PATH = $scripts + [IO.Path]::PathSeparator + $env:PATH
} else {
    $env:PATH = $scripts
}
if (-not $name) {
    $name = [IO.Path]::GetFileName($root)
    if ($name -ceq '.venv') {
        $name = [IO.Path]::GetFileName([IO.Path]::GetDirectoryName($root))
    }
}
$env:VIRTUAL_ENV_PROMPT = $name
if ($env:PYTHONHOME) {
    # It would make the environment's Python look elsewhere.
    $kept.PYTHONHOME = $env:PYTHONHOME
    $env:PYTHONHOME = $null
}
if (-not $env:VIRTUAL_ENV_DISABLE_PROMPT -and (Test-Path -LiteralPath Function:prompt)) {
    $own = $function:prompt
    $kept.Prompt = $own
    $function:global:prompt = {
        # capsa-prompt: the name of the box, as it is, and then the prompt that was there.
        $is_well = $?
        $before = $env:VIRTUAL_ENV
        if (Test-Path -LiteralPath Function:_capsa_look) {
            _capsa_look
        }
        if ($env:VIRTUAL_ENV -and ($env:VIRTUAL_ENV -ceq $root -or $env:VIRTUAL_ENV -cne $before)) {
            Write-Host -NoNewline -Object ('(' + ($env:VIRTUAL_ENV_PROMPT -replace '\p{Cc}', '?') + ') ')
        }
        if (-not $is_well) {
            # The prompt that was there may show whether the last command went well.
            Write-Error -Message 'capsa' -ErrorAction Ignore
        }
        & $own
    }.GetNewClosure()
}
$global:_CapsaKept = $kept

function global:deactivate {
    param([switch] $NonDestructive)
    $kept = Get-Variable -Name _CapsaKept -Scope Global -ValueOnly -ErrorAction Ignore
    if ($null -ne $kept) {
        $env:PATH = $kept.PATH
        $env:VIRTUAL_ENV = $kept.VIRTUAL_ENV
        $env:VIRTUAL_ENV_PROMPT = $kept.VIRTUAL_ENV_PROMPT
        if ($null -ne $kept.PYTHONHOME) {
            $env:PYTHONHOME = $kept.PYTHONHOME
        }
        # A prompt that was set since then stays.
        if ($null -ne $kept.Prompt -and ([string] $function:prompt).Contains('# capsa-prompt:')) {
            $function:global:prompt = $kept.Prompt
        }
        Remove-Variable -Name _CapsaKept -Scope Global -WhatIf:$false -Confirm:$false
    }
    if (-not $NonDestructive) {
        $hook = Get-Variable -Name _CapsaHook -Scope Global -ValueOnly -ErrorAction Ignore
        if ($null -ne $hook) {
            # Who leaves by hand stays out until the project is left.
            $hook.Left = $hook.Near
            $hook.Own = ''
        }
        Remove-Item -LiteralPath Function:deactivate -WhatIf:$false -Confirm:$false
    }
}
