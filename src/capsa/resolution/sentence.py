"""The steps of a proof as lines: "Because this and that, therefore." PURE.

A step that several others rest on, or one that is not right above, has a number.
"""

from __future__ import annotations

from capsa.resolution.package import project_of
from capsa.resolution.phrase import Wording, listed
from capsa.resolution.proof import DemandFact, UnfitFact, Wish
from capsa.resolution.reasoning import Step

_MAX_LINES = 16
_MAX_PREMISES = 3


def _joined(causes: list[str]) -> str:
    """The causes as one clause; with a comma where they have an "and" of their own."""
    if any(" and " in cause or "," in cause for cause in causes):
        *rest, last = causes
        return f"{', '.join(rest)}, and {last}" if rest else last
    return listed(causes)


class Sentences:
    """Puts steps into lines, in an order in which each rests on lines above."""

    def __init__(self, wording: Wording, steps: list[Step]) -> None:
        self._wording = wording
        self._steps = steps
        self._numbers = self._numbered()

    def _numbered(self) -> dict[int, int]:
        """The steps that are referred to by number: all but those that only the line right below rests on."""
        cited: dict[int, int] = {}
        for index, step in enumerate(self._steps):
            above = self._steps[index - 1] if index else None
            derived = [premise for premise in step.premises if premise.premises]
            is_plain = len(derived) == 1 and derived[0] is above
            for premise in derived:
                cited[id(premise)] = cited.get(id(premise), 0) + (1 if is_plain else 2)
        numbers: dict[int, int] = {}
        for step in self._steps:
            if cited.get(id(step), 0) > 1:
                numbers[id(step)] = len(numbers) + 1
        return numbers

    def lines(self) -> tuple[str, ...]:
        """Return the sentences; where there are too many, the middle ones are left out and counted."""
        lines = [self._line(index, step) for index, step in enumerate(self._steps)]
        left_out = len(lines) - _MAX_LINES
        if left_out > 1:
            lines[_MAX_LINES - 1 : -1] = [f"({left_out} more steps are left out here.)"]
        return tuple(lines)

    def short(self) -> str | None:
        """Return the reason alone, for a proof of one step that rests on demands of the user only."""
        premises = self._steps[0].premises
        if any(not isinstance(premise.given, Wish | UnfitFact) for premise in premises):
            return None
        step = self._steps[0]
        if (absence := self._absence(step)) is not None:
            return absence
        reasons = self._causes([premise for premise in premises if premise.kind == "unfit"], step)
        if not reasons:
            return f"no version of {step.name} fits {'all' if len(premises) > len('ab') else 'both'}"
        return "; ".join(reasons) if len(reasons) > len("ab") else listed(reasons)

    def _line(self, index: int, step: Step) -> str:
        above = self._steps[index - 1] if index else None
        derived = [premise for premise in step.premises if premise.premises]
        follows = len(derived) == 1 and derived[0] is above and id(above) not in self._numbers
        told = [premise for premise in step.premises if not (follows and premise is above)]
        causes = self._causes(told, step)
        conclusion = self._conclusion(step, causes)
        number = f" ({self._numbers[id(step)]})" if id(step) in self._numbers else ""
        if not causes:
            return f"So {conclusion}{number}."
        return f"{'And because' if follows else 'Because'} {_joined(causes)}, {conclusion}{number}."

    def _causes(self, premises: list[Step], step: Step) -> list[str]:
        """The premises in words, each once; many of a kind are summed up."""
        facts = [premise for premise in premises if premise.kind == "demand"]
        outs = [premise for premise in premises if premise.kind == "out"]
        words: list[str] = []
        for premise in premises:
            if premise.kind == "assume":
                continue
            if premise.kind == "demand" and len(facts) > _MAX_PREMISES:
                words += self._facts(facts, step) if premise is facts[0] else []
            elif premise.kind == "demand":
                words += self._demanded(premise, facts, step)
            elif premise.kind == "out" and len(outs) > _MAX_PREMISES:
                words.append(self._wording.excluded(premise.name, sum(out.versions for out in outs)))
            else:
                words.append(self._words(premise))
        if (absence := self._absence(step)) is not None:
            words.append(absence)
        return list(dict.fromkeys(words))

    def _absence(self, step: Step) -> str | None:
        """Why there is nothing of a project at all, where one claim on it alone can't be met."""
        if not step.about:
            return None
        claims: dict[str, int] = {}
        for premise in step.premises:
            given = premise.given
            if isinstance(given, DemandFact):
                if project_of(given.target) == step.about:
                    claims[given.demand.text] = given.allowed
            elif premise.name == step.about:
                if premise.kind not in {"need", "wish"}:
                    return None
                claims[given.demand.text if isinstance(given, Wish) else self._needed(premise)] = premise.versions
        if len(claims) != 1:
            return None
        text, bits = claims.popitem()
        return self._wording.absence(step.about, bits, text.count(",") + 1)

    def _demanded(self, premise: Step, facts: list[Step], step: Step) -> list[str]:
        """What some versions demand; several demands of the same versions are told at once."""
        same = [fact for fact in facts if fact.key == premise.key and fact.versions == premise.versions]
        texts = dict.fromkeys(fact.given.demand.text for fact in same if isinstance(fact.given, DemandFact))
        left = premise.left or step.left
        bits = premise.versions & left or premise.versions
        return [self._wording.demanded(premise.key, bits, listed(texts), left=left)] if same[0] is premise else []

    def _facts(self, facts: list[Step], step: Step) -> list[str]:
        """What many kinds of versions demand: the newest two, and how many more there are."""
        facts = sorted(facts, key=lambda fact: -fact.versions)
        shown = facts[: _MAX_PREMISES - 1]
        seen = rest = 0
        for fact in shown:
            seen |= fact.versions
        for fact in facts[_MAX_PREMISES - 1 :]:
            rest |= fact.versions & ~seen
        more = f"{rest.bit_count()} more versions of {facts[0].key} demand other versions of {step.name}"
        return [*(word for fact in shown for word in self._demanded(fact, [fact], step)), more]

    def _words(self, premise: Step) -> str:
        given = premise.given
        if isinstance(given, Wish):
            return self._wording.wish(given)
        if isinstance(given, UnfitFact):
            return self._wording.unfit(given.key, given.versions, given.reason)
        number = f" ({self._numbers[id(premise)]})" if id(premise) in self._numbers else ""
        return f"{self._conclusion(premise, [])}{number}"

    def _conclusion(self, step: Step, causes: list[str]) -> str:
        """What follows; with the versions that it was supposed for, where it does not hold of all."""
        told = [self._wording.versions(case.name, case.versions) for case in step.cases]
        cases = " with ".join(text.rstrip(",") for text, _ in told)
        if step.kind == "need":
            text = self._needed(step)
            verb = "need" if any(is_plural for _, is_plural in told) else "needs"
            return f"{cases} {verb} {text}" if cases else f"{text} is needed"
        if step.kind == "out":
            excluded = self._wording.excluded(step.name, step.versions)
            return f"{excluded} with {cases}" if cases else excluded
        if causes and causes[-1] in {self._absence(step), f"no version of {step.name} can be used"}:
            return "that can't be met"
        return f"no version of {step.name} fits"

    def _needed(self, step: Step) -> str:
        """What is needed, in the words of the one who demands it; where there are several, what they come to."""
        if len(step.texts) <= len("ab"):
            return " or ".join(step.texts)
        subject, _ = self._wording.versions(step.key, step.versions)
        return subject.removesuffix(",").replace("every version of ", "", 1)
