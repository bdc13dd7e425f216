"""The CKAN action API (docs/ckan.md): what clients of CKAN 2.11 and 2.12 send is read, answered and written here."""
