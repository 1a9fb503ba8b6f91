"""What a change of an organization's people takes along. Called inside the caller's transaction."""

from __future__ import annotations

from control_api.services.errors import Conflict
from storage.accounts.api_keys import ApiKeys
from storage.accounts.invitations import Invitations
from storage.accounts.organizations import Organization, Organizations
from storage.accounts.projects import Projects
from storage.accounts.users import Role, User, Users
from storage.base.transactions import Session


class Membership:
    def __init__(
        self,
        users: Users,
        organizations: Organizations,
        keys: ApiKeys,
        *,
        invitations: Invitations,
        projects: Projects,
        default_plan: str,
    ) -> None:
        self._users = users
        self._organizations = organizations
        self._keys = keys
        self._invitations = invitations
        self._projects = projects
        self._default_plan = default_plan

    def count_others(self, user: User, session: Session) -> int:
        """How many other people the user's organization has. Parallel changes to them wait."""
        self._organizations.hold(user.organization_id, session)
        return sum(self._users.count_of_organization(user.organization_id, session).values()) - 1

    def has_owner_beside(self, user: User, session: Session) -> bool:
        """Whether the user's organization has another owner. Parallel changes to its people wait."""
        self._organizations.hold(user.organization_id, session)
        owners = self._users.count_of_organization(user.organization_id, session)[Role.OWNER]
        return owners > (1 if user.role is Role.OWNER else 0)

    def require_owner_for_the_others(self, user: User, session: Session) -> None:
        """Raises Conflict when the organization would keep people, and none of them an owner."""
        others = self.count_others(user, session)
        if others > 0 and not self.has_owner_beside(user, session):
            raise Conflict(
                f"You are the only owner of an organization with {others + 1} people:"
                " make another one an owner first (PATCH /organization/members/:id)"
            )

    def require_no_projects(self, user: User, session: Session) -> None:
        """Raises Conflict when the user is alone in an organization with projects."""
        if self.count_others(user, session) > 0:
            return
        count = self._projects.count_of_organization(user.organization_id, session)
        if count:
            raise Conflict(
                f"Nobody else is in your organization, and it has {count} project(s) that nobody"
                " could reach any more: remove them first (DELETE /projects/:id)"
            )

    def end_keys(self, user: User, session: Session) -> int:
        """End every key that the user made in the organization; how many there were."""
        return self._keys.remove_of_creator(user.id, user.organization_id, session)

    def close_if_empty(self, organization_id: str, session: Session) -> None:
        """Nobody is left to let others in: what was sent out holds no longer."""
        if not any(self._users.count_of_organization(organization_id, session).values()):
            self._invitations.remove_of_organization(organization_id, session)

    def give_own_organization(self, user: User, session: Session) -> tuple[User, Organization]:
        """The user as the owner of a new organization, without a signup bonus.

        Whoever leaves and joins again and again would otherwise collect bonuses.
        """
        name = user.name or user.email.partition("@")[0]
        organization = self._organizations.insert(name, self._default_plan, session=session)
        moved = self._users.move(user, organization.id, role=Role.OWNER, session=session)
        if moved is None:
            raise Conflict("Your organization changed meanwhile; try again")
        return moved, organization
