"""Departments, staff, the roles they hold, their teams, skills and stand-ins (clauses 1.2, 6.2.3)."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Now

from jiedan.core.lifecycle import StaffStage
from jiedan.core.roles import ADMINS, GRANTABLE, Role
from jiedan.people.subject import Subject


class Department(models.Model):
    """A node of the organisation's tree; `path` holds the keys from the root down, e.g. "/1/4/"."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=200, editable=False, db_index=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Coalesce("parent", Value(0)), condition=Q(parent=None), name="one_root_department"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the path in step with the parent (departments are created, not moved)."""
        super().save(*args, **kwargs)
        path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if path != self.path:
            self.path = path
            type(self).objects.filter(pk=self.pk).update(path=path)


class StaffManager(BaseUserManager["Staff"]):
    """Creates staff; log-in names are staff numbers."""

    def create_staff(self, number: str, name: str, department: Department, **fields: Any) -> "Staff":
        """A new staff member with an unusable password until one is set."""
        password = fields.pop("password", None)
        staff = self.model(number=number, name=name, department=department, stage=StaffStage.EMPLOYED, **fields)
        staff.set_password(password)
        staff.save(using=self._db)
        return staff


class Staff(AbstractBaseUser, Subject):
    """A staff member, and the account they log in with (staff number + password, second factor, passkey)."""

    KIND = "staff"
    PREFIX = "ST"
    FOLDER = "people"
    API_FOLDER = "staff"
    USERNAME_FIELD = "number"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    number = models.CharField(max_length=30, unique=True, validators=[RegexValidator(r"^[A-Za-z0-9._-]{2,30}$")])
    name = models.CharField(max_length=60)
    email = models.EmailField(blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="staff")
    is_active = models.BooleanField(default=True)
    skills: "models.ManyToManyField[Skill, StaffSkill]" = models.ManyToManyField(
        "Skill", through="StaffSkill", related_name="staff"
    )

    objects: ClassVar[StaffManager] = StaffManager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["department", "is_active"], name="staff_dept")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The name that colleagues know the person by."""
        return self.name

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permissions are not used; the admin site grants reading by role (see screens.admin)."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """See has_perm."""
        return False


class RoleAssignment(models.Model):
    """A role held by a person for a department and those below it, from a moment until another (or open)."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=20, choices=[(role.value, role.title_en) for role in sorted(GRANTABLE)])
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="assignments")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["staff", "role", "department"], condition=Q(until=None), name="role_held_once"
            ),
            models.UniqueConstraint(
                fields=["staff"],
                condition=Q(until=None, role__in=sorted(ADMINS)),
                name="one_administrator_post_each",
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="role_ends_after_it_began"),
            models.CheckConstraint(condition=Q(role__in=sorted(GRANTABLE)), name="role_is_grantable"),
        ]

    def __str__(self) -> str:
        return f"{self.staff} · {Role(self.role).title_zh} · {self.department}"


class StandIn(models.Model):
    """Somebody acting for an absent person; every record then shows both names (clause 1.3.4)."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="stand_ins")
    substitute = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="standing_in_for")
    since = models.DateTimeField()
    until = models.DateTimeField()
    reason = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(staff=F("substitute")), name="nobody_stands_in_for_themselves"),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="stand_in_ends_after_it_began"),
        ]

    def __str__(self) -> str:
        return f"{self.substitute} → {self.staff}"


class ReadingRight(models.Model):
    """Somebody whose roles don't reach a subject may read this one, because they are asked about it (clause 6.2.3)."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="reading_rights")
    kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["staff", "kind", "subject_id"], condition=Q(until=None), name="reading_right_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} reads {self.kind} {self.subject_id}"


class Team(models.Model):
    """A named group inside a department that can be given tasks as a whole."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=60)
    members = models.ManyToManyField(Staff, related_name="teams", blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["department", "name"], name="team_name_once_per_department"),
        ]

    def __str__(self) -> str:
        return self.name


class Skill(models.Model):
    """Something a person can do that an order may need (clause 3.2.1)."""

    name = models.CharField(max_length=60, unique=True)

    def __str__(self) -> str:
        return self.name


class StaffSkill(models.Model):
    """How well a person has a skill: 1 learning, 2 able, 3 teaches others."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE)
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT)
    level = models.PositiveSmallIntegerField(default=2)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["staff", "skill"], name="skill_once_per_person"),
            models.CheckConstraint(condition=Q(level__range=(1, 3)), name="skill_level_1_to_3"),
        ]

    def __str__(self) -> str:
        return f"{self.staff} · {self.skill} {self.level}"


class ApiToken(models.Model):
    """A bearer token for programs: only its SHA-256 is stored, with a prefix to recognise it by (S-33)."""

    READ, ACT = "read", "act"

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(max_length=40)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"
