"""Facts that are no single marketplace's: money and parcel carriers."""
