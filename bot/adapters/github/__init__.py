"""GitHub, as an App sees it, through PyGithub."""

from bot.adapters.github.app_tokens import App
from bot.adapters.github.code_host import GitHubHost
from bot.adapters.github.own_app import Itself, ManifestRegistrar

__all__ = ["App", "GitHubHost", "Itself", "ManifestRegistrar"]
