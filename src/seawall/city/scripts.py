"""Traditional and simplified characters held to be the same where headers, codes and names of areas are compared.

Not a converter of texts: only characters of the words that line lists, counts and names of places are made of,
and only for comparing.
"""

from __future__ import annotations

_TRADITIONAL = (
    "編號區縣鎮鄉診斷類報發採樣檢測陽陰離時間轉歸結嚴輕確無狀個別齡歲現來閉環輸場經緯級層稱營醫學園養療設點鐵車飛機陸際務職業國圍從關係觸觀態數總計"
    "擴進開終週標準產員單廠樓樞紐體溫熱項備註聯電話險風劑種門處傳鏈顯癥癒陳龍灣東廣長寶馬鳳雲島橋溝灘濱黃靜楊閔賢寧滬臺蘆葉華蘭蘇漢貴慶榮義禮興"
    "豐農岡崗嶺莊館廟書會衛師鄰裏裡後麗齊壽輪碼頭倉羅爾順樂遠運連線綠紅銀錦錢鐘鋼閣隊階雙難靈韓預領魚鳥鴻鶴鹽麥龜萬億歷屆區達過還邊遷選適鄧鄭"
    "紹組織統續維網羣衝補見規視親覽訊記許評試該詳語誤說調談請論證識護讀變讓負財貨質購費資賓賽贛趙跡軍軟輔輛轄辦農迴週"
)
_SIMPLIFIED = (
    "编号区县镇乡诊断类报发采样检测阳阴离时间转归结严轻确无状个别龄岁现来闭环输场经纬级层称营医学园养疗设点铁车飞机陆际务职业国围从关系触观态数总计"
    "扩进开终周标准产员单厂楼枢纽体温热项备注联电话险风剂种门处传链显症愈陈龙湾东广长宝马凤云岛桥沟滩滨黄静杨闵贤宁沪台芦叶华兰苏汉贵庆荣义礼兴"
    "丰农冈岗岭庄馆庙书会卫师邻里里后丽齐寿轮码头仓罗尔顺乐远运连线绿红银锦钱钟钢阁队阶双难灵韩预领鱼鸟鸿鹤盐麦龟万亿历届区达过还边迁选适邓郑"
    "绍组织统续维网群冲补见规视亲览讯记许评试该详语误说调谈请论证识护读变让负财货质购费资宾赛赣赵迹军软辅辆辖办农回周"
)

SIMPLER: dict[int, int] = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
"""Traditional character to its simplified form, for `str.translate`."""

PAIRS: dict[str, str] = dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True))
"""The same, character by character."""
