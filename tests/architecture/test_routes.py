"""Every route asks whether this person may do this: `caller.permit`, in the route or in what it calls."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.architecture.python_files import ROOT, plant, python_files

from pep_kernel.may import GRANTS

ROUTES = ("services/*/src/*/entrypoints", "shared/runtime/src/pep_runtime/http.py")
VERBS = {"get", "post", "put", "patch", "delete"}
OPEN_TO_ALL = {
    "health": "answers whether the service is ready, and nothing else",
    "reply": "whoever is invited without an account answers by the secret of a link, and sees when the meeting is",
    "show_reply_page": "the page behind such a link is the same for everybody, and knows nothing",
}
KNOWS_NO_RESTRICTION = {
    "begin_export": "journey has copies of every journal and no child's row",
    "read_export": "the same",
    "show_journey": "the same",
    "list_looks": "the same",
}
Place = tuple[str, str]  # a function's module and name
Function = ast.FunctionDef | ast.AsyncFunctionDef


def open_routes(root: Path) -> list[str]:
    """The routes that nowhere ask for permission, among all modules of routes and of what routes share."""
    asked = asked_by_routes(root)
    return [".".join(route) for route, permits in asked.items() if route[1] not in OPEN_TO_ALL and not permits]


def routes_that_forget_the_child(root: Path) -> list[str]:
    """Those whose address names a child and which somewhere ask for permission without saying which child it is.

    Of no child in particular nothing is restricted, nobody's and on no roll: the answer would be too kind.
    """
    prefixes = {_module(file): _prefix(ast.parse(file.read_text())) for file in python_files(root, ROUTES[0])}
    return [
        ".".join(route)
        for (route, function), permits in zip(routes_of(root).items(), asked_by_routes(root).values(), strict=True)
        if any("{child_ref}" in prefixes.get(route[0], "") + path for _verb, path in _addresses(function))
        and route[1] not in KNOWS_NO_RESTRICTION
        and any(len(permit.args) + len(permit.keywords) < 2 for permit in permits)
    ]


def routes_of(root: Path) -> dict[Place, Function]:
    """Every route, with its function."""
    trees = {_module(file): ast.parse(file.read_text()) for file in python_files(root, *ROUTES)}
    return {(module, each.name): each for module, tree in trees.items() for each in _functions(tree) if _is_route(each)}


def asked_by_routes(root: Path) -> dict[Place, list[ast.Call]]:
    """Of each route all calls of `permit`, in the route or in what it calls among what routes share."""
    modules = {_module(file): ast.parse(file.read_text()) for file in python_files(root, *ROUTES)}
    functions = {(module, each.name): each for module, tree in modules.items() for each in _functions(tree)}
    imported = {module: _imported(tree) for module, tree in modules.items()}

    def calls(at: Place) -> set[Place]:
        names = {node.func.id for node in _calls(functions[at]) if isinstance(node.func, ast.Name)}
        return {imported[at[0]].get(name, (at[0], name)) for name in names} & functions.keys()

    def asked(route: Place) -> list[ast.Call]:
        reached, following = set[Place](), {route}
        while following:
            reached |= following
            following = set[Place]().union(*map(calls, following)) - reached
        return [permit for at in reached for permit in _permits(functions[at])]

    return {route: asked(route) for route in routes_of(root)}


def twice(root: Path) -> list[str]:
    """Addresses of one service that have more than one route."""
    trees = {_module(file): ast.parse(file.read_text()) for file in python_files(root, ROUTES[0])}
    addresses = Counter(
        f"{module.partition('.')[0]}: {verb} {_prefix(tree)}{path}"
        for module, tree in trees.items()
        for function in _functions(tree)
        for verb, path in _addresses(function)
    )
    return [address for address, times in addresses.items() if times > 1]


def _prefix(tree: ast.Module) -> str:
    """What the module's router puts before its addresses."""
    said = (each for node in ast.walk(tree) if isinstance(node, ast.Call) for each in node.keywords)
    return next((ast.literal_eval(each.value) for each in said if each.arg == "prefix"), "")


def _addresses(function: Function) -> Iterator[tuple[str, str]]:
    for each in function.decorator_list:
        match each:
            case ast.Call(func=ast.Attribute(attr=verb), args=[ast.Constant(value=str(path)), *_]) if verb in VERBS:
                yield verb, path


def _module(file: Path) -> str:
    return ".".join(file.with_suffix("").parts[file.parts.index("src") + 1 :])


def _functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _calls(function: Function) -> Iterator[ast.Call]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))


def _permits(function: Function) -> list[ast.Call]:
    return [each for each in _calls(function) if isinstance(each.func, ast.Attribute) and each.func.attr == "permit"]


def _imported(tree: ast.Module) -> dict[str, Place]:
    return {
        each.asname or each.name: (node.module or "", each.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for each in node.names
    }


def _is_route(function: Function) -> bool:
    made = (each.func for each in function.decorator_list if isinstance(each, ast.Call))
    return any(isinstance(each, ast.Attribute) and each.attr in VERBS for each in made)


def routes(root: Path) -> list[str]:
    trees = (ast.parse(file.read_text()) for file in python_files(root, *ROUTES))
    return [each.name for tree in trees for each in _functions(tree) if _is_route(each)]


def test_every_route_asks_whether_the_caller_may() -> None:
    assert len(routes(ROOT)) > len(OPEN_TO_ALL)
    assert open_routes(ROOT) == []


def test_a_route_is_open_to_all_only_by_name() -> None:
    assert set(OPEN_TO_ALL) <= set(routes(ROOT))
    assert set(KNOWS_NO_RESTRICTION) <= set(routes(ROOT))


def test_every_route_about_a_child_asks_whether_the_caller_may_with_this_child() -> None:
    assert routes_that_forget_the_child(ROOT) == []


def test_every_action_is_asked_for_by_a_route_and_none_is_made_up() -> None:
    trees = [ast.parse(file.read_text()) for file in python_files(ROOT, *ROUTES)]
    said = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    asked = {
        call.args[0].value
        for tree in trees
        for each in _functions(tree)
        for call in _calls(each)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "permit"
        and isinstance(call.args[0], ast.Constant)
    }
    assert asked - GRANTS.keys() == set()
    assert GRANTS.keys() - said == set()


FORGETFUL = """
from pep_record.entrypoints.shown import plan_shown

@router.get("/plans/{plan_id}", summary="A plan")
async def show_plan(plan_id: str, caller: Caller) -> PlanShown:
    return await plan_shown(caller, plan_id)
"""
SHOWN = """
async def plan_shown(caller, plan_id):
    return await caller.row(PLAN, plan_id)
"""
AROUND = """
async def plan_shown(caller, plan_id):
    return await _permitted(caller, plan_id)

async def _permitted(caller, plan_id):
    caller.permit("read plan")
    return await plan_shown(caller, plan_id)
"""


@pytest.mark.parametrize(("shown", "found"), [(SHOWN, True), (AROUND, False)], ids=["forgotten", "asked"])
def test_a_route_that_asks_nobody_is_found(tmp_path: Path, shown: str, found: bool) -> None:
    folder = "services/pep-record/src/pep_record/entrypoints"
    plant(tmp_path, f"{folder}/shown.py", shown)
    plant(tmp_path, f"{folder}/reading.py", FORGETFUL)
    assert open_routes(tmp_path) == (["pep_record.entrypoints.reading.show_plan"] if found else [])


OF_NO_CHILD = """
router = APIRouter(prefix="{prefix}")

@router.get("{path}", summary="Until when a record must be kept")
async def show_keeping(child_ref: str, caller: Caller) -> KeepingShown:
    await _permitted(caller, child_ref)

async def _permitted(caller, child_ref):
    caller.permit("read record keeping"{resource})
"""


@pytest.mark.parametrize(
    ("prefix", "path", "resource", "found"),
    [
        ("/children/{child_ref}", "/keeping", "", True),
        ("", "/children/{child_ref}/keeping", "", True),
        ("", "/children/{child_ref}/keeping", ", around(child, caller.now)", False),
        ("", "/keepings", "", False),
    ],
)
def test_a_route_that_asks_without_its_child_is_found(
    tmp_path: Path, prefix: str, path: str, resource: str, found: bool
) -> None:
    written = OF_NO_CHILD.replace("{prefix}", prefix).replace("{path}", path).replace("{resource}", resource)
    plant(tmp_path, "services/some/src/some/entrypoints/routes_keeping.py", written)
    assert routes_that_forget_the_child(tmp_path) == (["some.entrypoints.routes_keeping.show_keeping"] if found else [])


def test_no_address_has_two_routes() -> None:
    """The first of two would answer, and the page of the API would show the other."""
    assert twice(ROOT) == []


def test_a_second_route_is_found(tmp_path: Path) -> None:
    routes = '@router.get("/x")\nasync def {}(): ...\n'
    plant(tmp_path, "services/some/src/some/entrypoints/routes_a.py", routes.format("one"))
    plant(tmp_path, "services/some/src/some/entrypoints/routes_b.py", routes.format("other"))
    assert twice(tmp_path) == ["some: get /x"]
