"""The features that people can use in the chat."""

from collections.abc import Callable, Mapping
from functools import cache

from bot.bootstrap import digest, dojo, one_to_ones, triage, wiring
from bot.domain.articulation.guide import ArticulationGuide, ArticulationRules
from bot.domain.dojo.profiles import Vocabulary
from bot.domain.rubrics.overlays import asks_by_check
from bot.domain.setup.github_app_manifest import web_address
from bot.settings import Settings
from bot.workflows.articulation import slack_features as articulation_chat
from bot.workflows.chat import dispatch
from bot.workflows.chat.features import Feature, Features
from bot.workflows.check_ins.endings import note_answered
from bot.workflows.check_ins.features import check_in_feature
from bot.workflows.check_ins.home import describe_next
from bot.workflows.check_ins.messages import FramingFinder
from bot.workflows.decisions.features import decision_features
from bot.workflows.defences.features import defence_features
from bot.workflows.design_documents.features import design_document_features
from bot.workflows.dojo import app_home, basic_commands, direct_messages
from bot.workflows.enquiries.features import enquiry_feature
from bot.workflows.enquiries.handover_features import feedback_feature, handover_feature
from bot.workflows.enquiries.hearing import refresh_answer
from bot.workflows.enquiries.surface_features import surface_features
from bot.workflows.milestones.features import milestone_features
from bot.workflows.pairing import chat as pairing_chat
from bot.workflows.pairing import deputies
from bot.workflows.pull_requests.dispute_rulings import rule
from bot.workflows.pull_requests.question_decisions import keep_questions, withdraw_questions
from bot.workflows.triage import question_features
from bot.workflows.triage.appeal_features import appeal_features, words_of
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.release import release_ruling
from bot.workflows.triage.ruling_features import ruling_features
from bot.workflows.triage.waiting_rulings import triage_counter


def features_from_settings(
    settings: Settings,
    load_vocabulary: Callable[[], Vocabulary] | None = None,
    load_rules: Callable[[], ArticulationRules] | None = None,
    load_ledgers: Callable[[], LedgerLoader] | None = None,
) -> Features:
    """Return all chat features.

    The vocabulary, the rules for decisions, and the ledgers are those of the rubric from the settings, unless
    given.
    """
    load_vocabulary = load_vocabulary or dojo.vocabulary_loader(settings)
    load_ledgers = load_ledgers or triage.ledger_loader(settings)
    web = web_address(settings.github_api_url)
    member_features = (
        *dojo.member_features(load_vocabulary),
        *decision_features(load_rules or dojo.articulation_loader(settings), web),
        digest.digest_feature(settings),
        digest.lead_digests(settings).feature(),
        *one_to_ones.one_to_one_features(settings, load_ledgers),
    )
    return assemble_features(
        web,
        load_vocabulary,
        member_features,
        load_ledgers=load_ledgers,
        load_asks=cache(lambda: asks_by_check(wiring.load_library(settings))),
        answers_questions=settings.answers_questions,
    )


def assemble_features(  # noqa: PLR0913 - what differs between the bot and its tests
    web: str,
    load_vocabulary: Callable[[], Vocabulary],
    member_features: tuple[Feature, ...] = (),
    *,
    load_ledgers: Callable[[], LedgerLoader],
    load_asks: Callable[[], Mapping[str, str]] = dict,
    answers_questions: bool = True,
) -> Features:
    """Return all chat features.

    ``web`` is the code host's web address. ``member_features`` need more, so ``dojo`` creates them.
    ``load_ledgers`` loads the rubric on its first call. ``load_asks`` returns what each check of the rubric
    asks, by its id. ``answers_questions``: people can ask Sensei. To add a feature, add a line here.
    """
    load_words = words_of(load_ledgers)
    features = Features(
        (
            basic_commands.feature(web, load_words, describe_next),
            app_home.feature(web, triage_counter(load_ledgers), load_words, describe_next),
            direct_messages.feature(web, answers_questions=answers_questions),
            pairing_chat.feature(load_vocabulary),
            deputies.FEATURE,
            dispatch.FEATURE,
            articulation_chat.feature(
                web, _load_guide, rule, wiring.now, FramingFinder(load_ledgers), note_answered
            ),
            check_in_feature(),
            enquiry_feature(wiring.now, is_on=answers_questions),
            handover_feature(wiring.now),
            feedback_feature(refresh_answer),
            *ruling_features(load_ledgers, release_ruling, web),
            *appeal_features(load_ledgers, web, wiring.now),
            *milestone_features(load_ledgers),
            *design_document_features(load_ledgers, web, wiring.now),
            *defence_features(load_ledgers, web, wiring.now),
            *surface_features(wiring.now, is_on=answers_questions),
            question_features.feature(web, keep_questions, withdraw_questions, wiring.now, load_asks),
            *member_features,
        )
    )
    features.enter(basic_commands.helping(features))
    return features


@cache
def _load_guide() -> ArticulationGuide:
    """Return what Sensei listens for, which names the parts of a decision."""
    from bot.adapters.files.articulation import load_guide

    return load_guide()
