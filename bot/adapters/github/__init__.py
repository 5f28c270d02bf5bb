"""GitHub, as an App sees it, through PyGithub."""

from bot.adapters.github.app import App
from bot.adapters.github.host import GitHubHost
from bot.adapters.github.itself import Itself, ManifestRegistrar

__all__ = ["App", "GitHubHost", "Itself", "ManifestRegistrar"]
