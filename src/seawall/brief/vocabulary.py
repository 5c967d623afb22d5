"""Codes of the data and of the watch, as words a reader knows."""

from __future__ import annotations

from seawall.brief.words import msg

TERMS: dict[str, str] = {
    # Delays: the four earlies by their names, then the rest
    "onset_to_specimen": msg("early detection (onset to specimen)"),
    "specimen_to_report": msg("early reporting (specimen to report)"),
    "report_to_isolation": msg("early isolation (report to isolation)"),
    "onset_to_admission": msg("early treatment (onset to admission)"),
    "onset_to_report": msg("onset to report"),
    # Clocks
    "onset": msg("onset"),
    "specimen": msg("specimen"),
    "report": msg("report"),
    "infection": msg("infection"),
    # Methods and models
    "ears-c1": msg("EARS C1"),
    "ears-c2": msg("EARS C2"),
    "ears-c3": msg("EARS C3"),
    "farrington": msg("improved Farrington"),
    "farrington-original": msg("Farrington"),
    "baseline": msg("naive baseline"),
    "renewal": msg("renewal equation"),
    # Kinds of place
    "residence": msg("residence"),
    "workplace": msg("workplace"),
    "school": msg("school"),
    "market": msg("market"),
    "venue": msg("venue"),
    "hub": msg("transport hub"),
    "hospital": msg("hospital"),
    "fever_clinic": msg("fever clinic"),
    "quarantine_site": msg("quarantine site"),
    "test_site": msg("testing site"),
    "care_home": msg("care home"),
    "port": msg("port"),
    "other": msg("other place"),
    # Levels of area
    "city": msg("city"),
    "district": msg("district"),
    "subdistrict": msg("subdistrict"),
    "community": msg("community"),
    "grid": msg("grid cell"),
    "place": msg("single place"),
    "household": msg("household"),
    "floor": msg("floor"),
    "building": msg("building"),
    "compound": msg("residential compound"),
    # Tables a folder may lack
    "cases": msg("Line list"),
    "counts": msg("Daily totals"),
    "population": msg("Population by age"),
    "places": msg("Places"),
    "visits": msg("Visits"),
    "exposures": msg("Contacts"),
    "tests": msg("Tests"),
    "doses": msg("Vaccine doses"),
    "arrivals": msg("Arrivals"),
    "trips": msg("Trips between areas"),
    "capacity": msg("Beds and rooms"),
    "stocks": msg("Stocks"),
    "sectors": msg("Sectors of the economy"),
    "flows": msg("Supply chains"),
    "signals": msg("Signals at places"),
    "areas.geojson": msg("Shapes of the areas"),
    # Columns of the line list that may be empty
    "cases.onset_date": msg("Onset dates"),
    "cases.specimen_date": msg("Specimen dates"),
    "cases.isolation_date": msg("Isolation dates"),
    "cases.admission_date": msg("Admission dates"),
    "cases.in_control": msg("Found in control or not"),
    "cases.origin": msg("Local or imported"),
    "cases.place_id": msg("Places of the cases"),
    "cases.age": msg("Ages of the cases"),
    # Events of the daily totals
    "reports": msg("Infections reported"),
    "reports_in_control": msg("Found in control or not"),
    "reports_in_community": msg("Found in the community"),
    "reports_imported": msg("Local or imported"),
    "reports_local": msg("Local infections"),
    "onsets": msg("Onsets"),
    "positives": msg("Positive tests"),
    "admissions": msg("Admissions"),
    "discharges": msg("Discharges"),
    "in_hospital": msg("People in hospital"),
    "in_icu": msg("People in intensive care"),
    "in_quarantine": msg("People in quarantine"),
    "deaths": msg("Deaths"),
}
"""Code to msgid."""

SHORT: dict[str, str] = {
    "onset_to_specimen": msg("Early detection"),
    "specimen_to_report": msg("Early reporting"),
    "report_to_isolation": msg("Early isolation"),
    "onset_to_admission": msg("Early treatment"),
    "onset_to_report": msg("Onset to report"),
}
"""Delays by the name a heading gives them."""

SPAN: dict[str, str] = {
    "onset_to_specimen": msg("onset to specimen"),
    "specimen_to_report": msg("specimen to report"),
    "report_to_isolation": msg("report to isolation"),
    "onset_to_admission": msg("onset to admission"),
    "onset_to_report": msg("onset to report"),
}
"""Delays by their two ends."""
