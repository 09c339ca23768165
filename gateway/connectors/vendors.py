"""Which file understands which kind of connector."""

from __future__ import annotations

from gateway.connectors import payos, shopify, standard, woocommerce
from gateway.core.changes import ConnectorKind

VENDORS = {
    ConnectorKind.SHOPIFY: shopify.VENDOR,
    ConnectorKind.WOOCOMMERCE: woocommerce.VENDOR,
    ConnectorKind.STANDARD: standard.VENDOR,
    ConnectorKind.PAYOS: payos.VENDOR,
}
