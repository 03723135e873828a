"""Names that nobody was given on purpose: drawn from lists of common characters."""

from __future__ import annotations

from random import Random

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂玲文辉红玉华建国燕鑫雪梅倩欣怡佳琪子轩浩"
    "宇晨曦思雨雅婷嘉豪俊博天翔梓涵语嫣若溪志远晓彤海波云飞春兰秋月冬梅立新光明永安"
)


def a_name(random: Random) -> str:
    surname = random.choice(_SURNAMES)
    return surname + "".join(random.choice(_GIVEN) for _syllable in range(random.choice((1, 2, 2))))


def a_phone(number: int) -> str:
    """A number of a range (142, 143) that no operator has given to people; E.164."""
    return f"+8614{2 + number % 2}{number:08d}"
