"""Small messy contact lists for property tests: real shapes, repeated values, several scripts, all sorts of trouble."""

from __future__ import annotations

import pandas as pd
from hypothesis import strategies as st

FIRST = [
    *("John", "JOHN", "jon", "J.", "Priya", "प्रिया", "Mohammad", "محمد", "ராஜேஷ்", "Rajesh", "Zoë", "Anne-Marie", "test"),
    *("লাবণ্য", "శ్రీనివాస్", "می‌نا", "क्षितिज", "O'Neil", "van der Berg", "", "n/a", "asdf", "Null", "Bill", "William"),
]
LAST = [
    *("Smith", "SMITH", "smith", "Sharma", "शर्मा", "Rezaei", "رضایی", "குமார்", "Kumar", "de la Cruz", "McDonald"),
    *("চৌধুরী", "రావు", "Müller", "MÃ¼ller", "", "-", "test", "Smyth"),
]
EMAIL = [
    *("john.smith@acme.com", "JOHN.SMITH@ACME.COM", "j.smith@gmail.com", "priya@tata.in", "info@acme.com", "a@b"),
    *("", "test@test.com", "priya@gmial.com", "Priya <priya@tata.in>", "mohammad@sepah.ir", "n/a", "ann (at) acme.com"),
]
PHONE = [
    *("(212) 555-7890", "+1 212 555 7890", "2125557890", "98765 43210", "+91 98765 43210", "۰۹۱۲۳۴۵۶۷۸۹", "0000000000"),
    *("", "+44 20 7946 0958", "12345", "9.87654E+09", "030 1234567", "+49 30 1234567 ext. 5", "call me"),
]
COMPANY = ["Acme Inc", "ACME INC.", "Tata", "टाटा", "Globex GmbH", "", "n/a", "IBM", "self", "Acme"]
COUNTRY = ["USA", "us", "India", "IN", "भारत", "Iran", "ایران", "Germany", "", "Atlantis"]
CITY = ["New York", "NEW YORK", "Mumbai", "मुंबई", "Berlin", ""]
TITLE = ["CEO", "ceo", "VP SALES", "Sales Manager", "", "xxx"]
DATE = ["2024-03-15", "3/15/2024", "15/3/2024", "2025-11-02", "", "TBD", "0000-00-00", "2099-01-01", "1402/12/25"]
FLAG = ["Yes", "No", "", "true", "0", "maybe", "हाँ"]
NOTES = ["met at booth", "wants demo", "", "=cmd()", "multi\nline; note", "می‌خواهد"]

COLUMNS = {
    "First Name": FIRST,
    "Last Name": LAST,
    "Email": EMAIL,
    "Phone": PHONE,
    "Company": COMPANY,
    "Title": TITLE,
    "City": CITY,
    "Country": COUNTRY,
    "Last Activity Date": DATE,
    "Email Opt Out": FLAG,
    "Marketing consent": FLAG,
    "Notes": NOTES,
    "Region code (internal)": ["x1", "x2", "", "  keep  "],
}


@st.composite
def contact_lists(draw: st.DrawFn, min_size: int = 1, max_size: int = 9) -> pd.DataFrame:
    """A DataFrame of text with the columns of a CRM export; rows repeat with small differences."""
    count = draw(st.integers(min_size, max_size))
    rows = [{name: draw(st.sampled_from(values)) for name, values in COLUMNS.items()} for _ in range(count)]
    for _ in range(draw(st.integers(0, 3))):
        copy = dict(draw(st.sampled_from(rows)))
        name = draw(st.sampled_from(list(COLUMNS)))
        copy[name] = draw(st.sampled_from(COLUMNS[name]))
        rows.append(copy)
    return pd.DataFrame(rows, dtype="str")
