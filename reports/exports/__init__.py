"""Everything that an organisation has told and found out, as one ZIP that can be read without this application.

It holds what its pages and files show to an owner and nothing beyond: results come from workshops.exports, which hides
what is too little, and nothing of a block stands in it before the block is revealed. Guests' names are left out, since
a file that lies somewhere outlasts the day on which they are erased here.
"""

from reports.exports.organisation import organisation_zip

__all__ = ["organisation_zip"]
