"""The directory: who and where. Institutions, their libraries, locations, departments and people,
and the API keys by which programs come in.

One server holds many institutions that never see each other. A call names no institution: its key
does. A key is 256 random bits behind a short prefix by which people recognise it; the server keeps
only its SHA-256 and shows it once. It opens areas (acq, conf, users, bibs, own), each for reading
or for writing, belongs to production or sandbox, and may be tied to a vendor, who then sees the
libraries and funds granted to it, its own orders and no user records.

WorldShare clients come with WSKeys instead, whose secrets are sealed, for they sign with them; they act for
principals, each tied to a member of staff or to nobody in particular, and may hold tokens for a while.

Everything but people is read through the register cache; a change of it empties the caches of all
processes when its transaction commits.
"""
