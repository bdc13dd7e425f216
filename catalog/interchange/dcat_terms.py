"""Which RDF properties say what: the terms of DCAT 3 first, then what older profiles and schema.org write in their place."""

from __future__ import annotations

from rdflib import Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SKOS

__all__ = [
    "ADMS",
    "CLASSES",
    "DCAT",
    "DCATAP",
    "HYDRA",
    "LOCN",
    "OLD_SDO",
    "SERIES",
    "SPDX",
    "TERMS",
    "VCARD",
]

DCAT = Namespace("http://www.w3.org/ns/dcat#")
SDO = Namespace("https://schema.org/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
OLD_SDO = Namespace("http://schema.org/")
_SLIP = Namespace("http://purl.org/dc/terms/#")  # the context of Project Open Data 1.1 spells it so
_DC11 = Namespace("http://purl.org/dc/elements/1.1/")

SERIES = (DCAT.DatasetSeries,)
CLASSES = (DCAT.Dataset, DCAT.DatasetSeries, OLD_SDO.Dataset, SDO.Dataset)


def _sdo(*names: str) -> tuple[URIRef, ...]:
    return tuple(space[name] for name in names for space in (OLD_SDO, SDO))


TERMS: dict[str, tuple[URIRef, ...]] = {
    "access_rights": (DCTERMS.accessRights, *_sdo("conditionsOfAccess")),
    "access_service": (DCAT.accessService,),
    "access_url": (DCAT.accessURL, *_sdo("url")),
    "agent_kind": (DCTERMS.type,),
    "algorithm": (SPDX.algorithm,),
    "availability": (DCATAP.availability, ADMS.availability),
    "box": (DCAT.bbox, *_sdo("box")),
    "bytes": (DCAT.byteSize, *_sdo("contentSize")),
    "checksum": (SPDX.checksum,),
    "checksum_value": (SPDX.checksumValue,),
    "concept_label": (SKOS.prefLabel, RDFS.label, *_sdo("name"), DCTERMS.title),
    "conforms_to": (DCTERMS.conformsTo, _SLIP.conformsTo),
    "contact": (DCAT.contactPoint, ADMS.contactPoint, *_sdo("contactPoint")),
    "creator": (DCTERMS.creator, *_sdo("creator", "author")),
    "dataset": (DCAT.dataset, *_sdo("dataset")),
    "description": (
        DCTERMS.description,
        _DC11.description,
        *_sdo("description"),
        RDFS.comment,
        SKOS.definition,
    ),
    "distribution": (DCAT.distribution, *_sdo("distribution")),
    "documentation": (FOAF.page,),
    "download_url": (DCAT.downloadURL, *_sdo("contentUrl")),
    "email": (VCARD.hasEmail, VCARD.email, FOAF.mbox, *_sdo("email")),
    "end": (DCAT.endDate, *_sdo("endDate")),
    "endpoint_description": (DCAT.endpointDescription,),
    "endpoint_url": (DCAT.endpointURL, *_sdo("url")),
    "format": (DCTERMS["format"], *_sdo("encodingFormat", "fileFormat")),
    "frequency": (DCTERMS.accrualPeriodicity,),
    "geometry": (LOCN.geometry, DCAT.centroid),
    "homepage": (FOAF.homepage, FOAF.workplaceHomepage, *_sdo("url")),
    "identifier": (
        DCTERMS.identifier,
        DCAT.identifier,
        _DC11.identifier,
        *_sdo("identifier"),
        ADMS.identifier,
    ),
    "in_series": (DCAT.inSeries,),
    "issued": (DCTERMS.issued, *_sdo("datePublished", "dateCreated")),
    "keyword": (DCAT.keyword, *_sdo("keywords")),
    "landing_page": (DCAT.landingPage, *_sdo("mainEntityOfPage", "url")),
    "language": (DCTERMS.language, *_sdo("inLanguage")),
    "licence": (DCTERMS.license, _SLIP.license, *_sdo("license")),
    "licence_name": (DCTERMS.title, RDFS.label, SKOS.prefLabel, *_sdo("name")),
    "media_type": (DCAT.mediaType,),
    "modified": (DCTERMS.modified, *_sdo("dateModified")),
    "name": (FOAF.name, VCARD.fn, SKOS.prefLabel, RDFS.label, DCTERMS.title, *_sdo("name", "legalName")),
    "notation": (SKOS.notation,),
    "place_name": (LOCN.geographicName, SKOS.prefLabel, RDFS.label, *_sdo("name")),
    "publisher": (DCTERMS.publisher, *_sdo("publisher")),
    "rights": (DCTERMS.rights,),
    "rights_words": (RDFS.label, DCTERMS.description),
    "same_as": (OWL.sameAs,),
    "spatial": (DCTERMS.spatial, *_sdo("spatialCoverage")),
    "start": (DCAT.startDate, *_sdo("startDate")),
    "temporal": (DCTERMS.temporal, *_sdo("temporalCoverage")),
    "theme": (DCAT.theme, *_sdo("about")),
    "title": (DCTERMS.title, _DC11.title, *_sdo("name"), RDFS.label),
    "under": (ORG.subOrganizationOf, ORG.unitOf, *_sdo("parentOrganization")),
    "url": (VCARD.hasURL, VCARD.url, FOAF.page, *_sdo("url")),
    "version": (DCAT.version, OWL.versionInfo, *_sdo("version")),
    "was_attributed": (PROV.wasAttributedTo,),
    "type": (RDF.type,),
}
"""Properties by what they say; the first that is present is taken for a single value, all of them for several."""
