"""How people leave: an organization, or the service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.accounts.membership import Membership
from control_api.services.accounts.projects import ProjectService
from control_api.services.errors import Conflict, Unauthorized
from storage.accounts.organizations import Organization
from storage.accounts.users import User, Users
from storage.base.transactions import Session, Transactions

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Left:
    """`organization` is the new one of the person who left."""

    organization: Organization
    keys_ended: int


class Departures:
    def __init__(
        self,
        users: Users,
        membership: Membership,
        projects: ProjectService,
        *,
        remove_project: Callable[[Actor, str], None],
        audit: AuditTrail,
        transactions: Transactions,
    ) -> None:
        self._users = users
        self._membership = membership
        self._projects = projects
        self._remove_project = remove_project
        self._audit = audit
        self._transactions = transactions

    def leave(self, actor: Actor) -> Left:
        """Raises Conflict for the only owner, and for the only person, of an organization."""

        def work(session: Session) -> Left:
            user = self._get(actor, session)
            if self._membership.count_others(user, session) == 0:
                raise Conflict(
                    "You are the only person of your organization:"
                    " delete the account instead (POST /auth/delete-account)"
                )
            self._membership.require_owner_for_the_others(user, session)
            keys_ended = self._membership.end_keys(user, session)
            _, organization = self._membership.give_own_organization(user, session)
            self._record(actor, "member.left", user, session, keys_ended=keys_ended)
            return Left(organization, keys_ended)

        return self._transactions.run(work)

    def delete_account(self, actor: Actor, *, with_projects: bool) -> int:
        """Remove the account; how many API keys ended with it.

        Raises Conflict for the only owner of an organization with other people; and for the only
        person of one that has projects, unless `with_projects` asks for their removal as well.
        """
        if with_projects and self._is_alone(actor):
            # Each is a removal of its own, with its jobs. What is gone stays gone if a later step fails.
            while found := self._projects.list_page(actor, archived=None, limit=_PAGE, offset=0)[0]:
                for project in found:
                    self._remove_project(actor, project.id)

        def work(session: Session) -> int:
            user = self._get(actor, session)
            self._membership.require_owner_for_the_others(user, session)
            self._membership.require_no_projects(user, session)
            keys_ended = self._membership.end_keys(user, session)
            self._users.remove(user.id, user.organization_id, session)
            self._membership.close_if_empty(user.organization_id, session)
            self._record(actor, "user.deleted", user, session, keys_ended=keys_ended)
            return keys_ended

        return self._transactions.run(work)

    def _is_alone(self, actor: Actor) -> bool:
        return len(self._users.list_of_organization(actor.organization_id)) == 1

    def _get(self, actor: Actor, session: Session) -> User:
        user = self._users.find_in_organization(actor.user_id, actor.organization_id, session)
        if user is None:
            raise Unauthorized
        return user

    def _record(
        self, actor: Actor, action: str, user: User, session: Session, *, keys_ended: int
    ) -> None:
        self._audit.record(
            actor,
            action,
            entity_id=user.id,
            entity_name=user.email,
            metadata={"keysEnded": keys_ended},
            session=session,
        )
