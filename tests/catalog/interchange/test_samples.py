"""Every example of metadata that others publish is read, or refused by name; what is read conforms and survives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import orjson
import pytest

from catalog.errors import BadInput
from catalog.interchange.data_json import read_data_json
from catalog.interchange.data_json_render import render_data_json
from catalog.interchange.dcat import Syntax, parse_dcat
from catalog.interchange.dcat_render import Catalogue, catalogue_graph, render_graph
from catalog.interchange.parse import format_of_document, parse_catalogue
from catalog.record import Agent, CatalogueRecord, Words, said
from tests.catalog.interchange.shapes import violations

pytestmark = pytest.mark.samples

# file, format found, datasets (series among them), distributions of all
READ = (
    ("ckanext-dcat/catalog.rdf", "rdf-xml", 2, 5),
    ("ckanext-dcat/catalog_datasets_list.rdf", "rdf-xml", 2, 5),
    ("ckanext-dcat/catalog_pod.jsonld", "json-ld", 1, 4),
    ("ckanext-dcat/dataset.rdf", "rdf-xml", 1, 1),
    ("ckanext-dcat/dataset_gob_es.ttl", "turtle", 1, 1),
    ("ckanext-dcat/dataset_gov_de.rdf", "rdf-xml", 1, 9),
    ("ckanext-dcat/dataset_sweden.rdf", "rdf-xml", 1, 1),
    ("ckanext-dcat-ckan/catalog.json", "data-json", 2, 5),
    ("ckanext-dcat-ckan/ckan_dataset_multilingual.json", "ckan", 1, 1),
    ("ckanext-dcat-ckan/ckan_dcat_ap_dataset_series.json", "ckan", 1, 0),
    ("ckanext-dcat-ckan/ckan_full_dataset_croissant.json", "ckan", 1, 1),
    ("ckanext-dcat-ckan/ckan_full_dataset_dcat_ap.json", "ckan", 1, 1),
    ("ckanext-dcat-ckan/dataset.json", "data-json", 1, 1),
    ("croissant-1.0/coco2014-mini__metadata.json", "croissant", 1, 4),
    ("croissant-1.0/credit-g__metadata.json", "croissant", 1, 1),
    ("croissant-1.0/fashion-mnist__metadata.json", "croissant", 1, 2),
    ("croissant-1.0/flores-200__metadata.json", "croissant", 1, 5),
    ("croissant-1.0/gpt-3__metadata.json", "croissant", 1, 2),
    ("croissant-1.0/huggingface-anthropic-hh-rlhf__metadata.json", "croissant", 1, 6),
    ("croissant-1.0/huggingface-c4__metadata.json", "croissant", 1, 2),
    ("croissant-1.0/huggingface-levanti__metadata.json", "croissant", 1, 2),
    ("croissant-1.0/huggingface-mnist__metadata.json", "croissant", 1, 2),
    ("croissant-1.0/huggingface-pollen-robotics-apple-storage__metadata.json", "croissant", 1, 2),
    ("croissant-1.0/huggingface-prism-alignment__metadata.json", "croissant", 1, 2),
    ("croissant-1.0/huggingface-rag-dataset__metadata.json", "croissant", 1, 3),
    ("croissant-1.0/huggingface-the-cauldron__metadata.json", "croissant", 1, 4),
    ("croissant-1.0/json-join__metadata.json", "croissant", 1, 2),
    ("croissant-1.0/movielens__metadata.json", "croissant", 1, 7),
    ("croissant-1.0/pass__metadata.json", "croissant", 1, 12),
    ("croissant-1.0/simple-join__metadata.json", "croissant", 1, 1),
    ("croissant-1.0/titanic__metadata.json", "croissant", 1, 3),
    ("croissant-1.0/world-happiness__metadata.json", "croissant", 1, 6),
    ("croissant-1.1/audio_test__metadata.json", "croissant", 1, 1),
    ("croissant-1.1/huggingface-data_provenance_initiative__metadata.json", "croissant", 1, 2),
    ("croissant-1.1/huggingface-manud-dfl_video_classification__metadata.json", "croissant", 1, 2),
    ("croissant-1.1/huggingface-mnist-from-main-branch__metadata.json", "croissant", 1, 2),
    ("croissant-1.1/huggingface-qazisaad-news_recommendations_base__metadata.json", "croissant", 1, 2),
    ("croissant-1.1/huggingface-recipe_RL_data_roberta-base__metadata.json", "croissant", 1, 2),
    ("croissant-1.1/huggingface-wildchat__metadata.json", "croissant", 1, 2),
    ("croissant-1.1/zenodo-head-mri__metadata.json", "croissant", 1, 3),
    ("dcat-ap-3.0.1/example-bee-population-dataset-series-issued.ttl", "turtle", 3, 0),
    ("dcat-ap-3.0.1/example-bee-population-dataset-series-modified.ttl", "turtle", 4, 0),
    ("dcat-ap-3.0.1/example-bee-population-dataset-series.ttl", "turtle", 3, 0),
    ("dcat-ap-3.0.1/example-bee-population.ttl", "turtle", 1, 0),
    ("pod-1.1/catalog-sample-extended.json", "data-json", 3, 5),
    ("pod-1.1/catalog-sample.json", "data-json", 3, 5),
    ("w3c-dcat3/basic-example.ttl", "turtle", 1, 1),
    ("w3c-dcat3/catalog-record.jsonld", "json-ld", 0, 0),
    ("w3c-dcat3/classifying-thematically.rdf", "rdf-xml", 1, 0),
    ("w3c-dcat3/classifying-thematically.ttl", "turtle", 1, 0),
    ("w3c-dcat3/classifying-types.jsonld", "json-ld", 3, 0),
    ("w3c-dcat3/classifying-types.rdf", "rdf-xml", 3, 0),
    ("w3c-dcat3/compress-and-package.jsonld", "json-ld", 0, 0),
    ("w3c-dcat3/compress-and-package.rdf", "rdf-xml", 0, 0),
    ("w3c-dcat3/csiro-dap-examples.rdf", "rdf-xml", 9, 10),
    ("w3c-dcat3/csiro-stratchart-sdo.jsonld", "json-ld", 2, 8),
    ("w3c-dcat3/csiro-stratchart-sdo.rdf", "rdf-xml", 2, 8),
    ("w3c-dcat3/csiro-stratchart-sdo.ttl", "turtle", 2, 8),
    ("w3c-dcat3/csiro-stratchart.ttl", "turtle", 2, 5),
    ("w3c-dcat3/csiro-stratchart_dcat3.jsonld", "json-ld", 1, 4),
    ("w3c-dcat3/csiro-stratchart_dcat3.rdf", "rdf-xml", 1, 4),
    ("w3c-dcat3/csiro-stratchart_dcat3.ttl", "turtle", 1, 4),
    ("w3c-dcat3/dataset-002.jsonld", "json-ld", 1, 1),
    ("w3c-dcat3/dataset-002.rdf", "rdf-xml", 1, 1),
    ("w3c-dcat3/dataset-003.jsonld", "json-ld", 1, 1),
    ("w3c-dcat3/dataset-003.rdf", "rdf-xml", 1, 1),
    ("w3c-dcat3/dataset-003.ttl", "turtle", 1, 1),
    ("w3c-dcat3/dataset-004-sdo.ttl", "turtle", 1, 2),
    ("w3c-dcat3/dryad-globtherm-sdata.jsonld", "json-ld", 0, 0),
    ("w3c-dcat3/eea-csw.rdf", "rdf-xml", 0, 0),
    ("w3c-dcat3/ga-courts.rdf", "rdf-xml", 1, 6),
    ("w3c-dcat3/ga-courts.ttl", "turtle", 1, 6),
    ("w3c-dcat3/ga-wms.rdf", "rdf-xml", 0, 0),
    ("w3c-dcat3/ga-wms.ttl", "turtle", 0, 0),
    ("w3c-dcat3/genoa-busstop.rdf", "rdf-xml", 1, 0),
    ("w3c-dcat3/series-membership.jsonld", "json-ld", 4, 0),
    ("w3c-dcat3/series-membership.rdf", "rdf-xml", 4, 0),
    ("w3c-dcat3/series-membership.ttl", "turtle", 4, 0),
    ("w3c-dcat3/series-releases.jsonld", "json-ld", 4, 0),
    ("w3c-dcat3/series-releases.rdf", "rdf-xml", 4, 0),
    ("w3c-dcat3/series-releases.ttl", "turtle", 4, 0),
    ("w3c-dcat3/series-versions.jsonld", "json-ld", 6, 0),
    ("w3c-dcat3/series-versions.ttl", "turtle", 6, 0),
    ("w3c-dcat3/service1.jsonld", "json-ld", 0, 0),
    ("w3c-dcat3/spatial-properties.ttl", "turtle", 5, 0),
    ("w3c-dcat3/temporal-properties.rdf", "rdf-xml", 8, 0),
    ("w3c-dcat3/temporal-properties.ttl", "turtle", 8, 0),
    ("w3c-dcat3/threddsABC.ttl", "turtle", 1, 1),
)
REFUSED = (("dcat-ap-3.0.1/example-bee-population-dataset-series-api.ttl", "Malformed Turtle (line 20)"),)
# Well-formed, and no dataset is described in them: services, a single distribution, a catalogue record by itself, and an
# untyped description.
EMPTY = {
    "w3c-dcat3/catalog-record.jsonld",
    "w3c-dcat3/compress-and-package.jsonld",
    "w3c-dcat3/compress-and-package.rdf",
    "w3c-dcat3/dryad-globtherm-sdata.jsonld",
    "w3c-dcat3/eea-csw.rdf",
    "w3c-dcat3/ga-wms.rdf",
    "w3c-dcat3/ga-wms.ttl",
    "w3c-dcat3/service1.jsonld",
}
OURS = Catalogue(
    "https://data.yunting.example",
    said("Open data of Yunting", "en"),
    said("What Yunting has opened", "en"),
    Agent(said("Data office of Yunting", "en")),
)


@pytest.fixture(scope="module")
def examples(sample_files: Path) -> Path:
    return sample_files / "metadata_examples"


@pytest.mark.parametrize(("file", "form", "datasets", "distributions"), READ, ids=[row[0] for row in READ])
def test_an_example_yields_its_datasets(
    file: str, form: str, datasets: int, distributions: int, examples: Path
) -> None:
    body = (examples / file).read_bytes()
    found = parse_catalogue(body)
    assert format_of_document(body) == form
    assert len(found.records) == datasets
    assert sum(len(one.distributions) for one in found.records) == distributions
    assert (datasets == 0) == (file in EMPTY)
    assert all(one.identifier for one in found.records)


@pytest.mark.parametrize(("file", "why"), REFUSED)
def test_a_malformed_example_is_refused_by_name(file: str, why: str, examples: Path) -> None:
    with pytest.raises(BadInput) as refused:
        parse_catalogue((examples / file).read_bytes())
    assert refused.value.message.en == why


def test_the_table_names_every_example(examples: Path) -> None:
    there = {path.relative_to(examples).as_posix() for path in examples.rglob("*") if path.is_file()}
    assert there == {row[0] for row in READ} | {row[0] for row in REFUSED}


def everything(examples: Path) -> list[tuple[str, tuple[CatalogueRecord, ...]]]:
    return [(row[0], parse_catalogue((examples / row[0]).read_bytes()).records) for row in READ if row[2]]


def test_what_was_read_has_no_violation_of_dcat_ap(sample_files: Path, examples: Path) -> None:
    for file, records in everything(examples):
        graph, _ = catalogue_graph(records, OURS)
        assert violations(graph, sample_files) == "", file


def as_dcat(syntax: Syntax) -> Callable[[Sequence[CatalogueRecord]], Sequence[CatalogueRecord]]:
    def there_and_back(records: Sequence[CatalogueRecord]) -> Sequence[CatalogueRecord]:
        return parse_dcat(render_graph(catalogue_graph(records, OURS)[0], syntax), syntax).records

    return there_and_back


def as_data_json(records: Sequence[CatalogueRecord]) -> Sequence[CatalogueRecord]:
    return read_data_json(orjson.loads(orjson.dumps(render_data_json(records, OURS)))).records


WAYS = {
    "Turtle": as_dcat("turtle"),
    "JSON-LD": as_dcat("json-ld"),
    "RDF/XML": as_dcat("xml"),
    "data.json": as_data_json,
}


def parts_of(one: CatalogueRecord, way: str) -> dict[str, set[object]]:
    """data.json has no language beside a single text: there texts are compared, elsewhere texts with their language."""

    def words(said: Words) -> tuple[object, ...]:
        return tuple(text for _, text in said) if way == "data.json" else said

    licence = one.licence
    return {
        "titles": set(words(one.titles)),
        "descriptions": set(words(one.descriptions)),
        "licences": {licence.uri or licence.words} if licence else set(),
        "publishers": set(words(one.publisher.names)) if one.publisher else set(),
        "distributions": {
            (words(each.titles), each.access_url, each.download_url) for each in one.distributions
        },
    }


@pytest.mark.parametrize("way", WAYS)
def test_the_parts_that_matter_survive_there_and_back(way: str, examples: Path) -> None:
    """At least 95 % of each; a distribution survives with its titles and both addresses (a missing access address is filled
    for DCAT-AP, so it is compared where there was one)."""
    kept = dict.fromkeys(("titles", "descriptions", "licences", "publishers", "distributions"), 0)
    there = dict(kept)
    for _, records in everything(examples):
        back = {one.identifier: one for one in WAYS[way](records)}
        for one in records:
            after = parts_of(back[one.identifier], way) if one.identifier in back else {}
            for name, before in parts_of(one, way).items():
                there[name] += len(before)
                kept[name] += sum(survives(part, after.get(name, set())) for part in before)
    print(  # noqa: T201 - the figures
        way,
        *(f"{name} {kept[name]}/{there[name]} ({kept[name] / there[name]:.1%})" for name in there),
        sep="; ",
    )
    assert all(kept[name] / there[name] >= 0.95 for name in there), (kept, there)


def survives(part: object, after: set[object]) -> bool:
    if part in after:
        return True
    if isinstance(part, tuple) and len(part) == 3 and part[1] is None:
        return any(isinstance(one, tuple) and (one[0], one[2]) == (part[0], part[2]) for one in after)
    return False
