# Read by the elvish that `capsa shell` starts: your own start file, then the box. Made by capsa.

{
    use path
    if (path:is-regular $E:_CAPSA_RC) {
        # What it defines is to be known to the command line.
        eval (slurp < $E:_CAPSA_RC) &on-end={|names|
            for name [(keys $names)] { edit:add-var $name $names[$name] }
        }
    }
}
eval (slurp < $E:_CAPSA_STEP)
unset-env _CAPSA_STEP
unset-env _CAPSA_RC
