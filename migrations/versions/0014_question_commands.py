"""Commands about a question that has no thread, and about its decision.

Revision: 0014, after 0013.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_VERBS_BEFORE = (
    "help", "review", "explain", "defer", "dispute", "private", "quiet", "speak", "record", "link",
)  # fmt: skip
_VERBS_SINCE = (*_VERBS_BEFORE, "answer")
_ANSWERS_BEFORE = (
    "done", "silent", "unknown", "not_yet", "not_yours", "alone", "no_reason", "in_thread", "already",
    "settled", "with_sensei", "ruled", "you_rule", "closed", "overtaken", "no_code", "taken", "too_often",
    "other_account", "void",
)  # fmt: skip
_NEW_ANSWERS = (
    "no_question", "participants", "no_draft", "no_label", "too_long", "superseded", "recorded", "no_chat",
)  # fmt: skip


def upgrade() -> None:
    """Allow the new command and the new outcomes."""
    _allow(_VERBS_SINCE, (*_ANSWERS_BEFORE, *_NEW_ANSWERS))


def downgrade() -> None:
    """Call the new commands unknown, and the new outcomes impossible, as an earlier version would."""
    op.execute("UPDATE command SET verb = NULL, answer = 'unknown' WHERE verb = 'answer'")
    op.execute(
        "UPDATE command SET answer = 'not_yet' WHERE answer IN ('no_question', 'participants', 'no_draft', "
        "'no_label', 'too_long', 'superseded', 'recorded', 'no_chat')"
    )
    _allow(_VERBS_BEFORE, _ANSWERS_BEFORE)


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _allow(verbs: tuple[str, ...], answers: tuple[str, ...]) -> None:
    """Change which words a command may have: SQLite builds the table anew, to which no other one refers."""
    with op.batch_alter_table("command", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_constraint(op.f("ck_command_verb_known"), type_="check")
        table.create_check_constraint(
            op.f("ck_command_verb_known"), f"verb IS NULL OR verb IN ({_words(verbs)})"
        )
        table.drop_constraint(op.f("ck_command_answer_known"), type_="check")
        table.create_check_constraint(op.f("ck_command_answer_known"), f"answer IN ({_words(answers)})")
