"""The verbs of ``wgtray VERB`` (CONTRACT section 1): one small module a group, loaded only when its verb runs."""
