import { Navbar } from "@point_of_sale/app/components/navbar/navbar";
import { patch } from "@web/core/utils/patch";
import { KktTillStatus } from "./till_status.ts";

patch(Navbar, { components: { ...Navbar.components, KktTillStatus } });
