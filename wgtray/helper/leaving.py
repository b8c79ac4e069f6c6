"""What stays on the machine when the helper goes?"""

import logging

from wgtray.core.desired import is_unknown, left
from wgtray.core.facts import Facts
from wgtray.core.host import NOTHING
from wgtray.helper.reconcile import read, reconcile
from wgtray.platforms.api import Backend, CommandFailed

log = logging.getLogger("wgtray")


async def leave(backend: Backend, facts: Facts) -> None:
    """Nothing of ours, unless lockdown outlives the helper.

    Then programs with a tunnel rule, and company networks where connection is wanted, stay held until the helper is
    back, or ``wgtray-helper cleanup`` is run.
    """
    goal = left(facts)
    if is_unknown(facts):
        return
    try:
        if goal == NOTHING:
            await backend.cleanup()
            return
        log.warning(
            "what lockdown protects stays held back until the helper runs again, or `wgtray-helper cleanup` is run"
        )
        # Whatever was going on has been cut off in the middle: what was last observed says nothing.
        outcome = await reconcile(backend, await read(backend), goal)
    except CommandFailed as error:
        problem = error.problem
    else:
        if outcome.problem is None:
            return
        problem = outcome.problem
    log.error("could not leave the network as promised: %s %s", problem.code, problem.args)
