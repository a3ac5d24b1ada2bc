# What is here: just --list
set positional-arguments

# Run every test, or those that are named: just test tests/kinds
test *names:
    python -m pytest "$@"

# Style and types
style:
    python -m ruff check
    python -m ruff format --check
    python -m mypy

# Check, build and run one lesson: just lesson 05
lesson number:
    python -m course check lessons/{{number}}-*/exercises.toml
    python -m course build
    python -m pytest -q notebooks/uk/{{number}}-*.ipynb notebooks/ru/{{number}}-*.ipynb

# Build again whenever the source of a lesson changes: just watch 05 (Ctrl+C ends it)
watch number:
    #!/usr/bin/env sh
    before=
    while :; do
        now=$(cat lessons/{{number}}-*/* | cksum)
        if [ "$now" != "$before" ]; then
            before=$now
            python -m course check lessons/{{number}}-*/exercises.toml
            python -m course build && date +"built at %H:%M:%S"
        fi
        sleep 1
    done

# Open the course as a learner sees it, in a folder that git ignores
look *options:
    python -m course build
    python -m course lab build/look "$@"
