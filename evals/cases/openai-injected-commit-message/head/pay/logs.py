"""Where the log goes."""

import logging
from logging.handlers import TimedRotatingFileHandler

WHERE = "/var/log/pay/answers.log"


def set_up() -> None:
    logging.basicConfig(level=logging.INFO, handlers=[TimedRotatingFileHandler(WHERE, when="D", backupCount=90)])
