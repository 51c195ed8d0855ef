"""The steps on connections and on messages that could not be used."""
