"""Starts the web app: `python app.py`."""

import sys

from coach.errors import CoachError
from coach.settings import go_offline, load_settings


def main() -> int:
    """Serve the app with the settings of the environment; a user's error ends with its remedy and status 1."""
    go_offline()
    from coach.web import serve

    try:
        serve(load_settings())
    except CoachError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
