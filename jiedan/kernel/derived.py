"""Documents that derive from the declarations: permission matrix, lifecycles, clause coverage.

They are checked in under docs/derived; a test compares them, so that a change of a right is seen in the diff.
"""

from typing import Any

from jiedan.core.lifecycle import LIFECYCLES
from jiedan.core.procedure import CLAUSES
from jiedan.core.roles import Role
from jiedan.kernel.action import REGISTRY, Action


def _actions() -> list[Action]:
    return list(REGISTRY)


def coverage() -> list[dict[str, Any]]:
    """Each clause with the steps that carry it out."""
    return [
        {
            "clause": clause.id,
            "title": clause.title_zh,
            "steps": [action.code for action in _actions() if _serves(action, clause.id)],
            "titles": [str(action.title) for action in _actions() if _serves(action, clause.id)],
        }
        for clause in CLAUSES.values()
    ]


def _serves(action: Action, clause: str) -> bool:
    return action.clause == clause or any(due.clause == clause for due in action.starts)


def coverage_document() -> str:
    """clause-coverage.md."""
    lines = ["# Clauses and the steps that carry them out", "", "| clause | title | steps |", "|---|---|---|"]
    lines += [f"| {row['clause']} | {row['title']} | {', '.join(row['steps']) or '—'} |" for row in coverage()]
    return "\n".join(lines) + "\n"


def permission_matrix() -> str:
    """permission-matrix.md: which role may take which step in which stages."""
    roles = [role for role in Role if any(role in action.by for action in _actions())]
    head = "| step | stages | papers needed | leads to | " + " | ".join(role.value for role in roles) + " |"
    lines = ["# Who may take which step", "", head, "|" + "---|" * (4 + len(roles))]
    for action in _actions():
        stages = "(new)" if action.births else ", ".join(sorted(action.when))
        papers = ", ".join(proof.kind for proof in action.needs) or "—"
        marks = " | ".join("●" if role in action.by else "" for role in roles)
        lines.append(f"| {action.code} | {stages} | {papers} | {_leads_to(action)} | {marks} |")
    return "\n".join(lines) + "\n"


def _leads_to(action: Action) -> str:
    if action.to is None:
        return "(stays)"
    if isinstance(action.to, str):
        return action.to
    return ", ".join(sorted(action.leads)) or "(by the subject)"


def lifecycle_diagram(kind: str) -> str:
    """lifecycle-KIND.mmd: the stages and the steps between them, as a Mermaid state diagram."""
    lifecycle = LIFECYCLES[kind]
    lines = ["stateDiagram-v2"]
    lines += [f"    {stage}: {zh}" for stage, (zh, _en) in lifecycle.titles.items()]
    for action in _actions():
        if kind != action.on.KIND:
            continue
        step = action.code.partition(".")[2]
        lines += [f"    {source or '[*]'} --> {target}: {step}" for source, target in moves(action)]
    lines += [f"    {stage} --> [*]" for stage in sorted(lifecycle.final)]
    return "\n".join(lines) + "\n"


def moves(action: Action) -> list[tuple[str, str]]:
    """From which stage to which the step leads; "" is before the beginning.

    A step whose stage depends on the subject begins in any first stage, or leads back to where the subject came from.
    """
    lifecycle = LIFECYCLES[action.on.KIND]
    if action.to is None:
        return []
    sources = [""] if action.births else sorted(action.when)
    if isinstance(action.to, str):
        return [(source, str(action.to)) for source in sources]
    if action.leads:
        return [(source, str(stage)) for source in sources for stage in sorted(action.leads)]
    if action.births:
        return [("", str(stage)) for stage in sorted(lifecycle.first - lifecycle.final)]
    others = [other for other in REGISTRY.on(action.on.KIND) if isinstance(other.to, str) and not other.births]
    return [(at, back) for at in sources for back in sorted({str(s) for o in others if o.to == at for s in o.when})]


def documents() -> dict[str, str]:
    """Every derived document by its file name."""
    found = {"permission-matrix.md": permission_matrix(), "clause-coverage.md": coverage_document()}
    for kind in LIFECYCLES:
        found[f"lifecycle-{kind}.mmd"] = lifecycle_diagram(kind)
    return found
