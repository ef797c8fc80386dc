import { Chrome } from "@point_of_sale/app/pos_app";
import { patch } from "@web/core/utils/patch";
import { KktChargedBanner } from "./charged_banner.ts";

patch(Chrome, { components: { ...Chrome.components, KktChargedBanner } });
