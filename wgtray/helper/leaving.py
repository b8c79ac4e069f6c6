"""What stays on the machine when the helper goes?"""

import logging
import time

from wgtray.core import machine
from wgtray.core.desired import is_unknown, left
from wgtray.core.events import ProfileSet, Recalled
from wgtray.core.facts import Facts
from wgtray.core.host import NOTHING
from wgtray.core.machine import Off, State
from wgtray.helper.reconcile import places, read, reconcile
from wgtray.helper.store import Kept
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


async def leave_for(backend: Backend, kept: Kept) -> None:
    """The same in the place of a helper that could not do it itself, from what it kept on disk.

    What cannot be read opens nothing: then the network stays as it is.
    """
    if kept.damage is not None:
        log.error("could not read %s: the network stays as it is", kept.damage.args.get("path"))
        return
    left_s = 0.0 if kept.pause is None else kept.pause.left_s(time.time())
    state: State = Off(Facts(target=kept.target, paused_until=left_s or None, computer=backend.computer))
    if kept.imported is not None:
        known = places(kept.imported.profile, NOTHING, kept.endpoints)
        for event in (ProfileSet(kept.imported.profile, kept.imported.public_key, None), Recalled(known)):
            state = machine.step(state, event, 0.0)
    await leave(backend, state.facts)
