"""Weighted keywords per queue, kept by the claims desk."""

from claims_triage.domain import Assessment, Claim, Queue

FAST_TRACK_LIMIT_EUR = 800

KEYWORDS: dict[Queue, dict[str, float]] = {
    Queue.FAST_TRACK: {"windscreen": 0.6, "chip": 0.3, "phone": 0.3, "glass": 0.4},
    Queue.SPECIALIST: {"injury": 0.7, "hospital": 0.7, "flood": 0.5, "subsidence": 0.8},
    Queue.INVESTIGATION: {"again": 0.2, "cash": 0.3, "no receipt": 0.5, "witness left": 0.4},
}


def assess(claim: Claim) -> Assessment:
    """Return the queue with the highest score; the standard queue when nothing scores."""
    text = claim.description.lower()
    scores = {
        queue: sum(weight for word, weight in words.items() if word in text)
        for queue, words in KEYWORDS.items()
    }
    if claim.amount_eur > FAST_TRACK_LIMIT_EUR:
        scores[Queue.FAST_TRACK] = 0.0
    best = max(scores, key=lambda queue: scores[queue])
    if scores[best] == 0:
        return Assessment(queue=Queue.STANDARD, reason="no keyword matched", confidence=0.0)
    return Assessment(queue=best, reason="keywords", confidence=min(scores[best], 1.0))
