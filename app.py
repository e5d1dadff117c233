"""Starts the web app: `python app.py`."""

import sys

from coach.errors import CoachError
from coach.settings import go_offline, load_settings


def main() -> None:
    """Serve the app with the settings of the environment; a user's error ends with its remedy and status 1."""
    go_offline()
    from coach.web import serve

    try:
        serve(load_settings())
    except CoachError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
