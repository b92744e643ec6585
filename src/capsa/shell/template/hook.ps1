# capsa in PowerShell (5.1 or newer): `capsa activate`, `capsa deactivate`, and trusted projects entered on cd.
# Nothing of a box is run or read as code. Made by capsa.

if (-not (Test-Path Variable:global:_CapsaHook)) {
    # The folder looked at last; the project it lies in; the box entered by cd, and its project; the project whose box
    # was left by hand; what was said already.
    $global:_CapsaHook = @{ Folder = ''; Near = ''; Own = ''; Home = ''; Left = ''; Told = @{}; IsArmed = $false }
}
$global:_CapsaHook.Words = @(|CAPSA|)
$global:_CapsaHook.List = |TRUSTED|
$global:_CapsaHook.IsWindows = [IO.Path]::DirectorySeparatorChar -eq '\'

function global:capsa {
    # No parameters of its own, so that every word goes on as it was typed; `six[a,b]` without quotes is a list here.
    $words = $args
    if (@($args | Where-Object { $_ -is [array] }).Count -gt 0) {
        $words = @(foreach ($word in $args) { $word -join ',' })
    }
    $first = ''
    if ($words.Count -gt 0) {
        $first = [string] $words[0]
    }
    $more = @($words | Select-Object -Skip 1)
    $is_asking = @($more | Where-Object { $_ -in '-h', '--help', '--json' }).Count -gt 0
    if ($first -ceq 'activate' -and -not $is_asking) {
        _capsa_activate $more
        return
    }
    if ($first -ceq 'deactivate' -and -not $is_asking) {
        _capsa_deactivate
        return
    }
    $program, $fixed = _capsa_program
    $fixed = @($fixed | Where-Object { $null -ne $_ })
    if ($MyInvocation.ExpectingInput) {
        $input | & $program @fixed @words
    } else {
        & $program @fixed @words
    }
    if ($first -ceq 'trust' -and $LASTEXITCODE -eq 0 -and $global:_CapsaHook.IsArmed) {
        $global:_CapsaHook.Folder = ''
        _capsa_look
    }
}

function global:_capsa_program {
    # The words that run capsa; when it is gone from its place, the one on PATH.
    $words = $global:_CapsaHook.Words
    if (-not [IO.File]::Exists($words[0])) {
        $found = Get-Command -Name capsa -CommandType Application -TotalCount 1 -ErrorAction Ignore
        if ($null -ne $found) {
            return $found.Path
        }
    }
    return $words
}

function global:_capsa_activate {
    param($more)
    $PSNativeCommandUseErrorActionPreference = $false
    $program, $fixed = _capsa_program
    $fixed = @($fixed | Where-Object { $null -ne $_ })
    # The answer is UTF-8, whatever the console was set to.
    $encoding = [Console]::OutputEncoding
    $is_other = $encoding.CodePage -ne 65001
    if ($is_other) {
        try {
            [Console]::OutputEncoding = [Text.UTF8Encoding]::new($false)
        } catch {
            # There is no console here that could be set.
            $is_other = $false
        }
    }
    try {
        $facts = @(& $program @fixed activate --facts @more)
    } finally {
        if ($is_other) {
            [Console]::OutputEncoding = $encoding
        }
    }
    if ($LASTEXITCODE -ne 0) {
        return
    }
    if ($facts.Count -ne 3 -or -not [IO.Path]::IsPathRooted($facts[0])) {
        $Host.UI.WriteErrorLine('capsa: this hook is not that of the capsa that answered; a new shell has the right one')
        $global:LASTEXITCODE = 1
        return
    }
    _capsa_step $facts[0] $facts[1] $facts[2]
    $global:_CapsaHook.Own = ''
}

function global:_capsa_step {
    param([string] $root, [string] $scripts, [string] $name)
    |STEP|
}

function global:_capsa_deactivate {
    if (-not $env:VIRTUAL_ENV) {
        $Host.UI.WriteErrorLine('capsa: no box is active')
        $global:LASTEXITCODE = 1
        return
    }
    _capsa_leave
    $global:LASTEXITCODE = 0
}

function global:_capsa_leave {
    if (Test-Path -LiteralPath Function:deactivate) {
        deactivate
    } else {
        # A box that this shell was born with has no way out of its own: it goes from the variables.
        $own = [IO.Path]::Combine($env:VIRTUAL_ENV, 'bin'), [IO.Path]::Combine($env:VIRTUAL_ENV, 'Scripts')
        $folders = @(([string] $env:PATH).Split([IO.Path]::PathSeparator) | Where-Object { $_ -cnotin $own })
        $env:PATH = $folders -join [IO.Path]::PathSeparator
        $env:VIRTUAL_ENV = $null
        $env:VIRTUAL_ENV_PROMPT = $null
    }
    # Who leaves by hand stays out until the project is left.
    $global:_CapsaHook.Left = $global:_CapsaHook.Near
    $global:_CapsaHook.Own = ''
}

function global:_capsa_look {
    # One comparison while the folder is the same.
    $folder = ''
    if ($PWD.Provider.Name -eq 'FileSystem') {
        $folder = $PWD.ProviderPath
    }
    if ($folder -ceq $global:_CapsaHook.Folder) {
        return
    }
    $global:_CapsaHook.Folder = $folder
    $ErrorActionPreference = 'Stop'
    try {
        _capsa_arrive $folder
    } catch {
        _capsa_say '' ('the hook has failed: ' + ($_.Exception.Message -replace '\p{Cc}', ' '))
    }
}

function global:_capsa_arrive {
    param([string] $folder)
    $hook = $global:_CapsaHook
    $near = $folder
    while ($near -and -not [IO.File]::Exists([IO.Path]::Combine($near, '.venv', '.capsa', 'id'))) {
        $near = [string] [IO.Path]::GetDirectoryName($near)
    }
    $hook.Near = $near
    if ($hook.Left -cne $near) {
        $hook.Left = ''
    }
    if ($hook.Own) {
        if ($env:VIRTUAL_ENV -cne $hook.Own) {
            # Another one was entered by hand.
            $hook.Own = ''
        } elseif ($hook.Home -cne $near) {
            _capsa_leave
            $hook.Left = ''
        }
    }
    if ($near -and -not $env:VIRTUAL_ENV -and -not $hook.Left) {
        _capsa_meet $near
    }
}

function global:_capsa_meet {
    # A project whose box is not active: step in, or say once why not. It is entered by its real path, the one in the
    # list: a link on the way here could be led elsewhere later.
    param([string] $near)
    $hook = $global:_CapsaHook
    if (-not (_capsa_is_own $near)) {
        return
    }
    $real = _capsa_real $near
    $entry = @(_capsa_listed $real)
    if ($entry.Count -eq 0) {
        _capsa_say $near 'this project has a box; to step into it on cd: capsa trust'
        return
    }
    $box = [IO.Path]::Combine($real, '.venv')
    $id = @([IO.File]::ReadAllLines([IO.Path]::Combine($box, '.capsa', 'id')))
    if ($id.Count -eq 0 -or $id[0] -cne $entry[0]) {
        _capsa_say $near 'the box of this project is not the one that was trusted; to trust this one: capsa trust'
        return
    }
    $scripts = [IO.Path]::Combine($box, 'bin')
    if ($hook.IsWindows) {
        $scripts = [IO.Path]::Combine($box, 'Scripts')
    }
    if (-not (_capsa_is_safe $real $box $scripts)) {
        _capsa_say $near ('others may write to this project or a folder above it, so its box is not stepped into; ' +
            'more: capsa trust')
        return
    }
    _capsa_step $box $scripts $entry[2]
    $hook.Own = $box
    $hook.Home = $near
}

function global:_capsa_listed {
    # The fields of the line that trusts a folder: id, folder, prompt. Nothing where there is none.
    param([string] $real)
    $list = $global:_CapsaHook.List
    if (-not $real -or -not [IO.File]::Exists($list)) {
        return
    }
    foreach ($line in [IO.File]::ReadAllLines($list)) {
        $fields = $line.Split([char] 9)
        if ($fields.Count -eq 3 -and $fields[0]) {
            $is_same = $fields[1] -ceq $real
            if ($global:_CapsaHook.IsWindows) {
                $is_same = $fields[1].Replace('/', '\') -eq $real
            }
            if ($is_same) {
                return $fields
            }
        }
    }
}

function global:_capsa_real {
    # A folder with every link on the way to it followed, '' where they lead in a circle.
    param([string] $path)
    foreach ($round in 1..40) {
        $link = $null
        $place = $path
        while ($place) {
            $item = Get-Item -LiteralPath $place -Force
            if ($item.LinkType -in 'SymbolicLink', 'Junction') {
                # The link nearest to the root is followed first.
                $link = $place
                $target = [string] @($item.Target)[0]
            }
            $place = [IO.Path]::GetDirectoryName($place)
        }
        if ($null -eq $link) {
            return $path
        }
        $rest = $path.Substring($link.Length).TrimStart([IO.Path]::DirectorySeparatorChar)
        $path = [IO.Path]::GetFullPath([IO.Path]::Combine([IO.Path]::GetDirectoryName($link), $target, $rest))
        if ($path -cne [IO.Path]::GetPathRoot($path)) {
            $path = $path.TrimEnd([IO.Path]::DirectorySeparatorChar)
        }
    }
    return ''
}

function global:_capsa_is_own {
    # Whether something belongs to the user.
    param([string] $path)
    if ($global:_CapsaHook.IsWindows) {
        $owner = (Get-Acl -LiteralPath $path).GetOwner([Security.Principal.SecurityIdentifier])
        # What an administrator makes may belong to the group of administrators.
        return $owner.Value -in [Security.Principal.WindowsIdentity]::GetCurrent().User.Value, 'S-1-5-32-544'
    }
    return (Get-Item -LiteralPath $path -Force).User -ceq [Environment]::UserName
}

function global:_capsa_is_safe {
    # Whether folder, box and its scripts folder are the user's own, and nobody else may write to them or above them.
    param([string] $real, [string] $box, [string] $scripts)
    foreach ($path in $real, $box, $scripts) {
        if (-not (_capsa_is_own $path) -or (Get-Item -LiteralPath $path -Force).LinkType) {
            return $false
        }
    }
    if ($global:_CapsaHook.IsWindows) {
        return $true
    }
    $group = $null
    $place = $scripts
    while ($place) {
        $item = Get-Item -LiteralPath $place -Force
        $status = $item.UnixStat
        if ($null -eq $status -or $item.User -cnotin 'root', [Environment]::UserName) {
            return $false
        }
        # Below a sticky folder (512), like /tmp, nobody can put another folder in place of this one.
        $is_sticky = ($status.Mode -band 512) -and $place.Length -lt $real.Length
        if (($status.Mode -band 2) -and -not $is_sticky) {
            return $false
        }
        if (($status.Mode -band 16) -and -not $is_sticky) {
            if ($null -eq $group) {
                $group = _capsa_group
            }
            if ($item.Group -cne $group) {
                return $false
            }
        }
        $place = [IO.Path]::GetDirectoryName($place)
    }
    return $true
}

function global:_capsa_group {
    # The user's own group. .NET does not tell it: one process, when a folder was met into which a group may write.
    $PSNativeCommandUseErrorActionPreference = $false
    $code = Get-Variable -Name LASTEXITCODE -Scope Global -ValueOnly -ErrorAction Ignore
    $found = Get-Command -Name id -CommandType Application -TotalCount 1 -ErrorAction Ignore
    $name = ''
    if ($null -ne $found) {
        $name = [string] (& $found.Path -gn)
    }
    $global:LASTEXITCODE = $code
    return $name
}

function global:_capsa_say {
    # One sentence, once for each project.
    param([string] $near, [string] $sentence)
    $told = $global:_CapsaHook.Told
    if (-not $told.ContainsKey($near + ' ' + $sentence)) {
        $told[$near + ' ' + $sentence] = $true
        $Host.UI.WriteErrorLine('capsa: ' + $sentence)
    }
}

function global:_capsa_arm {
    # Only where somebody types: a script is not to be taken into boxes by its own cd.
    $typed = @([Environment]::GetCommandLineArgs() | Select-Object -Skip 1)
    $is_script = @($typed -match '^--?(c|com.*|cwa|f|fi.*|e|ec|en.*|noni.*)$').Count -gt 0
    if ($is_script -and @($typed -match '^--?noe.*$').Count -eq 0) {
        return
    }
    $global:_CapsaHook.IsArmed = $true
    $commands = $ExecutionContext.SessionState.InvokeCommand
    if ($null -ne $commands.PSObject.Properties['LocationChangedAction']) {
        $ours = { _capsa_look }
        $theirs = $commands.LocationChangedAction
        if ($null -eq $theirs) {
            $commands.LocationChangedAction = $ours
        } else {
            $commands.LocationChangedAction = [Delegate]::Combine($theirs, ($ours -as $theirs.GetType()))
        }
    } elseif (Test-Path -LiteralPath Function:prompt) {
        $own = $function:prompt
        $function:global:prompt = {
            $is_well = $?
            $before = $env:VIRTUAL_ENV
            _capsa_look
            $has_name = Test-Path Variable:global:_CapsaKept
            if ($has_name -and $env:VIRTUAL_ENV -cne $before -and -not $env:VIRTUAL_ENV_DISABLE_PROMPT) {
                # Stepped in just now: the prompt that shows the name comes with the next line.
                Write-Host -NoNewline -Object ('(' + ($env:VIRTUAL_ENV_PROMPT -replace '\p{Cc}', '?') + ') ')
            }
            if (-not $is_well) {
                Write-Error -Message 'capsa' -ErrorAction Ignore
            }
            & $own
        }.GetNewClosure()
    }
    _capsa_look
}

if (-not $global:_CapsaHook.IsArmed) {
    _capsa_arm
}
