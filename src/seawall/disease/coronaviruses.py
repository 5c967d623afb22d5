"""The coronaviruses of the catalogue: three lines of SARS-CoV-2, SARS and MERS."""

from __future__ import annotations

from seawall.disease import severity
from seawall.disease.delays import Delay
from seawall.disease.evidence import DelayEvidence, Evidence
from seawall.disease.pathogen import Pathogen

_DAEDALUS = "DAEDALUS model, jameel-institute/daedalus, sevenpathogens.csv; range assumed"
_RELATIVE = Evidence(
    0.58, 0.35, 1.0, "DAEDALUS model (0.58); Buitrago-Garcia et al. 2020 (0.35); Covasim 3.1.7 (1.0)", "found"
)
_MADEWELL = "Madewell et al. 2022, doi:10.1001/jamanetworkopen.2022.9317"

COVID_ANCESTRAL = Pathogen(
    key="covid-ancestral",
    name="COVID-19, ancestral line",
    name_zh="新冠病毒感染(原始毒株)",
    name_hant="新冠病毒感染(原始毒株)",
    basic_reproduction_number=Evidence(
        2.87, 2.47, 3.6, "DAEDALUS model (2.87); lower end Wu et al. 2020, Lancet 395:689; upper end assumed", "found"
    ),
    dispersion=Evidence(0.1, 0.05, 0.2, "Endo et al. 2020, doi:10.12688/wellcomeopenres.15842.3", "recalled"),
    asymptomatic_share=Evidence(
        0.20,
        0.17,
        0.38,
        "Buitrago-Garcia et al. 2020 (0.17-0.25); upper end cmmid quar_test_contact_tracing",
        "recalled",
    ),
    asymptomatic_infectiousness=_RELATIVE,
    presymptomatic_share=Evidence(
        0.40, 0.30, 0.57, "Kretzschmar et al. 2020, Lancet Public Health 5:e452; range He et al. 2020", "found"
    ),
    latent_days=Evidence(4.6, 3.0, 5.5, _DAEDALUS, "found"),
    infectious_days=Evidence(4.0, 2.1, 8.0, _DAEDALUS, "found"),
    hospital_days=Evidence(12.0, 6.0, 18.0, _DAEDALUS, "found"),
    household_attack_rate=Evidence(0.189, 0.162, 0.220, _MADEWELL, "found"),
    incubation=DelayEvidence(
        delay=Delay.lognormal(1.621, 0.418),
        mean_low=4.9,
        mean_high=6.3,
        source="Lauer et al. 2020, doi:10.7326/M20-0504, lognormal(1.621, 0.418); range of the mean from its median's",
        confidence="found",
    ),
    generation=DelayEvidence(
        delay=Delay.weibull(3.277, 6.127),
        mean_low=4.8,
        mean_high=6.0,
        source="Ferretti et al. 2020, doi:10.1101/2020.09.04.20188516, Weibull(3.277, 6.127), as in "
        "ashcroftp/quarantine2020; lower end cmmid (4.80); upper end assumed",
        confidence="found",
        basis="realised",
    ),
    serial_interval=DelayEvidence(
        delay=Delay(family="gamma", mean_days=4.8, sd_days=2.3),
        mean_low=3.8,
        mean_high=6.1,
        source="Nishiura, Linton and Akhmetzhanov 2020, doi:10.1016/j.ijid.2020.02.060, certain pairs",
        confidence="found",
    ),
    fatality=severity.ANCESTRAL_FATALITY,
    hospitalisation=severity.ANCESTRAL_ADMISSION,
    observed_doubling_days=Evidence(
        3.0,
        2.3,
        7.4,
        "2.3-3.3 Sanche et al. 2020, doi:10.3201/eid2607.200282; 7.4 Li et al. 2020, doi:10.1056/NEJMoa2001316",
        "recalled",
    ),
    caution="The serial interval of early Wuhan, 7.5 days, came from five pairs; it is not used.",
)

COVID_DELTA = Pathogen(
    key="covid-delta",
    name="COVID-19, Delta",
    name_zh="新冠病毒感染(德尔塔变异株)",
    name_hant="新冠病毒感染(Delta 變異株)",
    basic_reproduction_number=Evidence(
        5.08, 3.2, 8.0, "Liu and Rocklöv 2021, doi:10.1093/jtm/taab124; DAEDALUS model", "found"
    ),
    dispersion=Evidence(0.3, 0.2, 0.5, "Range recalled from contact studies of 2021; value assumed", "assumed"),
    asymptomatic_share=Evidence(0.30, 0.25, 0.41, "Range 0.25-0.35 recalled; DAEDALUS model 0.405", "recalled"),
    asymptomatic_infectiousness=_RELATIVE,
    presymptomatic_share=Evidence(0.55, 0.40, 0.70, "Range recalled from Kang et al. 2022, Guangdong", "recalled"),
    latent_days=Evidence(4.0, 3.0, 5.0, _DAEDALUS, "found"),
    infectious_days=Evidence(4.0, 2.1, 8.0, _DAEDALUS, "found"),
    hospital_days=Evidence(7.6, 4.0, 12.0, _DAEDALUS, "found"),
    household_attack_rate=Evidence(
        0.297, 0.23, 0.373, _MADEWELL + " (0.297); interval recalled; their preprint gave 0.308 (0.235-0.393)", "found"
    ),
    incubation=DelayEvidence(
        delay=Delay(family="lognormal", mean_days=4.4, sd_days=2.0),
        mean_low=3.76,
        mean_high=5.05,
        source="Mean 4.4 in Dutch pairs as in Park et al. 2023, doi:10.1073/pnas.2221887120, and 4.41 (3.76-5.05) in "
        "Wu et al. 2022, doi:10.1001/jamanetworkopen.2022.28008; spread assumed",
        confidence="found",
    ),
    generation=DelayEvidence(
        delay=Delay(family="gamma", mean_days=4.7, sd_days=3.3),
        mean_low=4.1,
        mean_high=5.6,
        source="Hart et al. 2022, doi:10.1016/S1473-3099(22)00001-9; spread recalled",
        confidence="recalled",
        basis="intrinsic",
    ),
    serial_interval=DelayEvidence(
        delay=Delay(family="gamma", mean_days=4.1, sd_days=2.8),
        mean_low=3.0,
        mean_high=4.2,
        source="Backer et al. 2022, doi:10.2807/1560-7917.ES.2022.27.6.2200042 (spread recalled); 4 days in Zeng et "
        "al. 2023, doi:10.3201/eid2904.220854; lower end Kremer et al. 2022, recalled",
        confidence="found",
    ),
    fatality=severity.DELTA_FATALITY,
    hospitalisation=severity.DELTA_ADMISSION,
    caution="The realised generation time is shorter, 3.8 days (3.7-4.0, Park et al. 2023): it goes with a "
    "reproduction number estimated at the time, not with the basic one.",
)

COVID_OMICRON_BA2 = Pathogen(
    key="covid-omicron-ba2",
    name="COVID-19, Omicron BA.2",
    name_zh="新冠病毒感染(奥密克戎 BA.2)",
    name_hant="新冠病毒感染(Omicron BA.2)",
    basic_reproduction_number=Evidence(
        5.94, 5.5, 9.5, "DAEDALUS model (5.94); Liu and Rocklöv 2022, doi:10.1093/jtm/taac037, mean 9.5", "found"
    ),
    dispersion=Evidence(0.45, 0.3, 0.6, "Range recalled, low confidence; value assumed", "assumed"),
    asymptomatic_share=Evidence(
        0.35,
        0.25,
        0.50,
        "Range recalled, low confidence; over 90 % had no symptoms when found in Shanghai 2022",
        "assumed",
    ),
    asymptomatic_infectiousness=_RELATIVE,
    presymptomatic_share=Evidence(
        0.51, 0.45, 0.56, "Manica et al. 2022, doi:10.1016/j.lanepe.2022.100446, households, BA.1", "found"
    ),
    latent_days=Evidence(2.5, 2.0, 4.0, "2-3 days recalled as the better fit; upper end DAEDALUS model", "recalled"),
    infectious_days=Evidence(4.0, 2.1, 8.0, _DAEDALUS, "found"),
    hospital_days=Evidence(5.5, 3.0, 9.0, _DAEDALUS, "found"),
    household_attack_rate=Evidence(0.427, 0.354, 0.504, _MADEWELL + " (0.427); interval recalled", "found"),
    incubation=DelayEvidence(
        delay=Delay(family="lognormal", mean_days=3.49, sd_days=2.0),
        mean_low=3.13,
        mean_high=4.86,
        source="Xu et al. 2023, doi:10.1186/s12916-023-03070-8, pooled for BA.1; spread assumed",
        confidence="found",
    ),
    generation=DelayEvidence(
        delay=Delay(family="gamma", mean_days=6.84, sd_days=4.5),
        mean_low=5.72,
        mean_high=8.60,
        source="Manica et al. 2022, doi:10.1016/j.lanepe.2022.100446, BA.1; spread assumed from the same group's "
        "gamma(2.39, 2.95), recalled",
        confidence="found",
        basis="intrinsic",
    ),
    serial_interval=DelayEvidence(
        delay=Delay(family="gamma", mean_days=3.0, sd_days=2.0),
        mean_low=2.0,
        mean_high=3.5,
        source="Zeng et al. 2023, doi:10.3201/eid2904.220854, Singapore: BA.2 3 days, BA.1 2 days; upper end Backer et "
        "al. 2022, BA.1; spread assumed, without the negative intervals seen in pairs",
        confidence="found",
    ),
    fatality=severity.OMICRON_FATALITY,
    hospitalisation=severity.OMICRON_ADMISSION,
    observed_doubling_days=Evidence(
        1.65, 1.36, 1.98, "Goldberg et al. 2023, Nature Communications: growth 0.42 (0.35-0.51) a day, China", "found"
    ),
    caution="The basic reproduction number goes with the intrinsic generation time (6.8 days) and then gives the "
    "doubling seen in China in December 2022. The realised generation time of households, 3.0 days (2.5-3.5, Xu et al. "
    "2023), would give 0.9 days with it: use short intervals only with a reproduction number estimated from reports.",
)

SARS_2003 = Pathogen(
    key="sars-2003",
    name="SARS, 2003",
    name_zh="传染性非典型肺炎(SARS,2003)",
    name_hant="嚴重急性呼吸系統綜合症(SARS,2003)",
    basic_reproduction_number=Evidence(2.7, 2.2, 3.7, "Riley et al. 2003, doi:10.1126/science.1086478", "found"),
    dispersion=Evidence(0.16, 0.11, 0.64, "Lloyd-Smith et al. 2005, doi:10.1038/nature04153", "recalled"),
    asymptomatic_share=Evidence(0.133, 0.0, 0.2, _DAEDALUS, "found"),
    asymptomatic_infectiousness=Evidence(0.58, 0.0, 1.0, _DAEDALUS, "found"),
    presymptomatic_share=Evidence(
        0.05, 0.0, 0.11, "Fraser et al. 2004, doi:10.1073/pnas.0307506101: below 0.11; value assumed", "recalled"
    ),
    latent_days=Evidence(4.6, 3.0, 6.0, _DAEDALUS, "found"),
    infectious_days=Evidence(4.0, 2.0, 10.0, _DAEDALUS, "found"),
    hospital_days=Evidence(22.75, 15.0, 30.0, _DAEDALUS, "found"),
    household_attack_rate=Evidence(0.08, 0.06, 0.10, "Range recalled, low confidence; value assumed", "assumed"),
    incubation=DelayEvidence(
        delay=Delay.lognormal_median(4.0, 1.81),
        mean_low=3.8,
        mean_high=5.8,
        source="Lessler et al. 2009, doi:10.1016/S1473-3099(09)70069-6, median 4.0, dispersion 1.81; range Hong Kong",
        confidence="recalled",
    ),
    generation=DelayEvidence(
        delay=Delay(family="gamma", mean_days=8.4, sd_days=3.8),
        mean_low=8.0,
        mean_high=12.0,
        source="Serial interval of Lipsitch et al. 2003, doi:10.1126/science.1086616, taken as generation time",
        confidence="found",
        basis="realised",
    ),
    serial_interval=DelayEvidence(
        delay=Delay(family="gamma", mean_days=8.4, sd_days=3.8),
        mean_low=8.0,
        mean_high=12.0,
        source="Lipsitch et al. 2003, doi:10.1126/science.1086616; range Hong Kong 2003",
        confidence="found",
    ),
    fatality=severity.SARS_FATALITY,
    hospitalisation=severity.SARS_ADMISSION,
    caution="The DAEDALUS reproduction number, 1.75, is lower than what Hong Kong saw before control.",
)

MERS = Pathogen(
    key="mers",
    name="MERS",
    name_zh="中东呼吸综合征(MERS)",
    name_hant="中東呼吸綜合症(MERS)",
    basic_reproduction_number=Evidence(
        0.45, 0.33, 1.44, "Saudi Arabia 0.45 (0.33-0.58); upper end Korea 2015, 0.91 (0.36-1.44) overall", "found"
    ),
    dispersion=Evidence(
        0.26, 0.09, 1.24, "Kucharski and Althaus 2015, doi:10.2807/1560-7917.ES2015.20.25.21167", "recalled"
    ),
    asymptomatic_share=Evidence(0.2, 0.0, 0.5, "Assumed; the share found rises with case finding", "assumed"),
    asymptomatic_infectiousness=Evidence(0.3, 0.0, 1.0, "Assumed", "assumed"),
    presymptomatic_share=Evidence(0.05, 0.0, 0.2, "Low; value assumed", "assumed"),
    latent_days=Evidence(5.0, 3.0, 7.0, "About the incubation period; assumed", "assumed"),
    infectious_days=Evidence(7.0, 4.0, 14.0, "Assumed", "assumed"),
    hospital_days=Evidence(21.0, 8.0, 41.0, "Assumed", "assumed"),
    household_attack_rate=Evidence(
        0.043, 0.02, 0.08, "Drosten et al. 2014, doi:10.1056/NEJMoa1405858: 12 of 280 contacts", "recalled"
    ),
    incubation=DelayEvidence(
        delay=Delay(family="lognormal", mean_days=5.0, sd_days=3.0),
        mean_low=4.0,
        mean_high=7.5,
        source="Virlogeux et al. 2016, doi:10.3201/eid2203.151437, Saudi Arabia 5.0 (4.0-6.6); upper end Korea; "
        "spread assumed",
        confidence="found",
    ),
    generation=DelayEvidence(
        delay=Delay(family="gamma", mean_days=6.8, sd_days=4.1),
        mean_low=6.0,
        mean_high=12.4,
        source="Serial interval of Saudi pairs, Cauchemez et al. 2016, doi:10.1073/pnas.1519235113, taken as "
        "generation time; upper end Korea",
        confidence="found",
        basis="realised",
    ),
    serial_interval=DelayEvidence(
        delay=Delay(family="gamma", mean_days=6.8, sd_days=4.1),
        mean_low=6.0,
        mean_high=12.4,
        source="Cauchemez et al. 2016, doi:10.1073/pnas.1519235113, Saudi Arabia; upper end Korea 12.4 (sd 2.8)",
        confidence="found",
    ),
    fatality=severity.MERS_FATALITY,
    caution="Chains die out by themselves outside hospitals; outbreaks are hospital outbreaks. In Korea 2015 intervals "
    "were nearly twice as long.",
)
