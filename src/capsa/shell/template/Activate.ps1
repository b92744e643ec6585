# Steps into this box:  . PATH-OF-THIS-FILE  (PowerShell 5.1 or newer)
# `deactivate` steps out and leaves every variable as it was. Made by capsa.

& {
    # Where this file lies. A text that was read and then run has no place, and goes by where the box was made.
    $root = ''
    if ($PSScriptRoot) {
        $root = [IO.Path]::GetDirectoryName($PSScriptRoot)
    }
    if (-not $root -or -not [IO.File]::Exists([IO.Path]::Combine($root, 'pyvenv.cfg'))) {
        $root = |ROOT|
    }
    if (-not [IO.File]::Exists([IO.Path]::Combine($root, 'pyvenv.cfg'))) {
        $shown = $root -replace '\p{Cc}', '?'
        Write-Error -Message ('capsa: there is no box in ' + $shown + '; if it was moved: capsa create --upgrade PATH')
        return
    }
    $scripts = [IO.Path]::Combine($root, '|SCRIPTS|')
    $name = |PROMPT|
    |STEP|
}
