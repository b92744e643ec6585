"""A build backend that prints much and then fails."""


def build_wheel(*_):
    for number in range(30):
        print(f"compiling part {number} of 30 \x1b[31min red")
    print("error: the compiler is not there")
    raise SystemExit(3)
