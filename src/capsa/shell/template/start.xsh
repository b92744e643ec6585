# Read last by the xonsh that `capsa shell` starts. Made by capsa.

if "_CAPSA_RC" in ${...}:
    $XONSHRC_DIR = ${...}.pop("_CAPSA_RC")
else:
    del $XONSHRC_DIR
source @(${...}.pop("_CAPSA_STEP"))
