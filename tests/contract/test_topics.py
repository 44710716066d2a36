"""Addresses and topics: what a node may be called, and that a topic names exactly one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import topics
from contract.topics import Address

communes = st.from_regex(r"[a-z0-9]{2,16}", fullmatch=True).filter(lambda c: c != "hub")
names = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
kinds = st.sampled_from(topics.UP_KINDS + topics.DOWN_KINDS)


@given(communes, names, kinds)
def test_a_topic_leads_back_to_its_node(commune: str, name: str, kind: str) -> None:
    address = Address(commune, name)
    assert topics.parse(address.topic(kind)) == (address, kind)  # type: ignore[arg-type]
    assert Address.of_node(address.node) == address


@pytest.mark.parametrize(
    "topic",
    ["", "loa/v1/a/b", "loa/v1/xa/xb-thon/state", "loa/v1/xa/xa-thon/plans", "loa/v2/xa/xa-thon/state", "loa/v1/+/#/x"],
)
def test_other_topics_are_refused(topic: str) -> None:
    with pytest.raises(ValueError, match=r"not a node|commune|disagree"):
        topics.parse(topic)


@pytest.mark.parametrize("text", ["hub/thon-1", "xã/thon", "xa/", "xa", "XA/thon", "xa/thon--1", "xa/-a", "x/a/b"])
def test_bad_names_are_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match=r"commune|node|write it as"):
        Address.parse(text)
