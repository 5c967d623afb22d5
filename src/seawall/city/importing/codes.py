"""What foreign files write for our codes, in English and both Chinese scripts."""

from __future__ import annotations

from collections.abc import Mapping

from seawall.city.faults import plain
from seawall.city.schema import EVENTS, Column, Table

_UNKNOWN = ("unknown", "unk", "not known", "n.a.", "不详", "不詳", "未知", "待查", "不明", "u")

_SAID: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sex": {
        "female": ("f", "w", "woman", "girl", "女", "女性", "2"),
        "male": ("m", "man", "boy", "男", "男性", "1"),
        "other": ("其他", "diverse", "nonbinary"),
        "unknown": _UNKNOWN,
    },
    "outcome": {
        "recovered": (
            *("recover", "released", "discharged", "discharge", "cured", "alive", "survived", "healed"),
            *("治愈", "治癒", "痊愈", "痊癒", "康复", "康復", "出院", "治愈出院", "解除隔离", "解除医学观察", "好转"),
        ),
        "died": ("death", "dead", "deceased", "fatal", "死亡", "病亡", "病故"),
        "ill": ("isolated", "hospitalised", "hospitalized", "active", "in hospital", "在院", "住院", "在治", "治疗中"),
        "unknown": (*_UNKNOWN, "other"),
    },
    "classification": {
        "confirmed": ("confirmed case", "laboratory confirmed", "确诊", "确诊病例", "確診", "確診個案", "阳性"),
        "asymptomatic": ("asymptomatic infection", "无症状", "无症状感染者", "無症狀", "無症狀感染者", "无症状感染"),
        "probable": ("clinically diagnosed", "临床诊断", "临床诊断病例", "可能", "臨床診斷"),
        "suspected": ("suspect", "suspected case", "疑似", "疑似病例"),
    },
    "severity": {
        "none": ("asymptomatic", "no symptoms", "无症状", "無症狀", "无"),
        "mild": ("轻型", "轻症", "轻", "輕症", "輕型", "light"),
        "moderate": ("common", "normal", "普通型", "普通", "中症", "中型", "中等"),
        "severe": ("重型", "重症", "重", "serious"),
        "critical": ("危重型", "危重", "危重症", "very severe"),
    },
    "origin": {
        "local": ("domestic", "indigenous", "autochthonous", "本土", "本地", "社区", "本地感染", "本土病例"),
        "imported": ("import", "overseas inflow", "travel", "境外输入", "输入", "境外", "境外輸入", "輸入", "输入性"),
        "unknown": _UNKNOWN,
    },
    "found_by": {
        "symptoms": (
            "clinic",
            "fever clinic",
            "self-presented",
            "主动就诊",
            "就诊",
            "发热门诊",
            "主動就診",
            "因症就诊",
        ),
        "contact": ("contact tracing", "close contact", "密接", "密切接触者", "密接排查", "密切接觸者", "隔离管控"),
        "screening": ("mass screening", "screen", "筛查", "区域筛查", "风险人群筛查", "社区筛查", "大规模筛查", "篩查"),
        "key_group": ("重点人群", "重点行业", "重点人群筛查", "重點人群"),
        "arrival": ("border", "airport", "入境", "入境筛查", "口岸", "来沪返沪", "外来人员"),
        "self_test": ("self test", "antigen self test", "抗原自测", "自测", "自測"),
        "unknown": _UNKNOWN,
    },
    "level": {
        "city": ("市", "全市", "municipality", "地级市", "直辖市"),
        "district": ("区", "县", "区县", "county", "borough", "區", "縣"),
        "subdistrict": ("街道", "镇", "乡", "乡镇", "街镇", "township", "street", "jiedao", "鎮", "鄉"),
        "community": ("社区", "居委会", "村", "居委", "村居", "neighbourhood", "neighborhood", "社區"),
        "grid": ("网格", "網格"),
    },
    "setting": {
        "household": ("home", "family", "家庭", "同住", "家人"),
        "work": ("workplace", "office", "工作", "单位", "工作单位", "同事"),
        "school": ("学校", "學校", "同学"),
        "community": ("社区", "小区", "邻居", "社區"),
        "transport": ("vehicle", "交通", "交通工具", "同乘"),
        "hospital": ("healthcare", "医院", "医疗机构", "醫院"),
        "venue": ("restaurant", "shop", "场所", "公共场所", "餐厅", "場所"),
        "unknown": (*_UNKNOWN, "other", "其他"),
    },
    "kind": {
        "residence": ("compound", "residential", "小区", "居住小区", "住宅", "住宅小区", "居住地", "小區", "村宅"),
        "workplace": ("office", "factory", "单位", "工厂", "公司", "办公楼"),
        "school": ("学校", "幼儿园", "学校托幼", "學校", "高校", "大学"),
        "market": ("supermarket", "市场", "菜场", "农贸市场", "超市", "商场", "市場"),
        "venue": ("restaurant", "public place", "场所", "公共场所", "餐厅", "場所"),
        "hub": ("station", "airport", "枢纽", "车站", "机场", "火车站", "樞紐"),
        "hospital": ("医院", "定点医院", "醫院"),
        "fever_clinic": ("发热门诊", "發熱門診"),
        "quarantine_site": ("isolation site", "隔离点", "集中隔离点", "方舱", "方舱医院", "隔離點"),
        "test_site": ("采样点", "核酸采样点", "採樣點"),
        "care_home": ("nursing home", "养老院", "养老机构", "福利院", "養老院"),
        "port": ("harbour", "harbor", "港口", "口岸", "码头"),
        "other": ("其他", "其它"),
        "pcr": ("核酸", "rt-pcr", "核酸检测", "单采", "核酸單採"),
        "pcr_pooled": ("pooled pcr", "混检", "混采", "10合1", "20合1", "混檢"),
        "antigen": ("抗原", "rat", "lateral flow", "抗原检测"),
    },
    "reason": {
        "symptoms": ("有症状", "就诊", "发热门诊"),
        "contact": ("密接", "密切接触者"),
        "screening": ("筛查", "大规模筛查", "全员核酸", "篩查"),
        "key_group": ("重点人群", "重點人群"),
        "arrival": ("入境", "来沪返沪"),
        "unknown": (*_UNKNOWN, "other", "其他"),
    },
    "route": {
        "air": ("flight", "plane", "航空", "飞机", "飛機"),
        "rail": ("train", "铁路", "火车", "高铁", "鐵路"),
        "road": ("car", "coach", "bus", "公路", "汽车", "自驾"),
        "sea": ("ship", "ferry", "水路", "轮船", "海路"),
    },
    "event": {
        "reports": ("cases", "new cases", "confirmed cases", "新增", "新增感染", "新增病例", "新增感染者"),
        "reports_local": ("local cases", "本土新增", "新增本土"),
        "reports_imported": ("imported cases", "境外输入", "新增境外输入"),
        "reports_in_control": ("管控中", "隔离管控中发现", "闭环隔离管控"),
        "reports_in_community": ("社会面", "社区筛查", "风险人群筛查"),
        "confirmed": ("确诊", "确诊病例", "新增确诊", "確診"),
        "asymptomatic": ("无症状", "无症状感染者", "新增无症状", "無症狀"),
        "deaths": ("death", "died", "死亡", "新增死亡", "死亡病例"),
        "discharges": ("recovered", "出院", "治愈", "治愈出院", "新增出院"),
        "admissions": ("hospital admissions", "入院", "新增入院"),
        "in_hospital": ("hospitalised", "在院", "在院人数", "现有住院", "在院治疗"),
        "in_icu": ("icu", "重症监护", "危重"),
        "tests": ("检测人数", "核酸检测人数"),
        "positives": ("阳性", "阳性数", "阳性人数", "陽性"),
    },
}


def spoken(table: Table, column: Column) -> dict[str, str]:
    """What may stand in a cell of the column, as `plain` compares it, to our code.

    Holds the codes themselves; for a column without a list of codes, only what is known of its words.
    """
    allowed = column.codes or (tuple(EVENTS) if table.name == "counts" and column.name == "event" else ())
    words: dict[str, str] = {}
    for code in allowed:
        words[plain(code)] = code
        for said in _SAID.get(column.name, {}).get(code, ()):
            words.setdefault(plain(said), code)
    return words
