"""What a box is: how it is made, what lies in it, how a package lands in it."""
