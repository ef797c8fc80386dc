/** The tills as cards and as a list, live: `js_class="kkt_till_kanban"` and `"kkt_till_list"`. */
import { onMounted, onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { keepLive } from "./live_reload.ts";

interface Model {
  load(): Promise<unknown>;
  root?: { selection?: unknown[]; editedRecord?: unknown };
}

/** Within `setup` of a view's controller. */
function useLiveModel(model: () => Model): void {
  let end = () => {};
  onMounted(() => {
    const page = {
      isIdle: () => {
        const root = model().root;
        const menu = document.querySelector(".o-dropdown--menu, .modal");
        const busy = Boolean(root?.selection?.length) || Boolean(root?.editedRecord);
        return !document.hidden && menu === null && !busy;
      },
      reload: () => model().load(),
    };
    const timers = {
      set: (action: () => void, ms: number) => setTimeout(action, ms),
      clear: (handle: unknown) => clearTimeout(handle as number),
    };
    end = keepLive(page, timers);
  });
  onWillUnmount(() => end());
}

class LiveKanbanController extends KanbanController {
  override setup() {
    super.setup();
    useLiveModel(() => this.model as unknown as Model);
  }
}

class LiveListController extends ListController {
  override setup() {
    super.setup();
    useLiveModel(() => this.model as Model);
  }
}

registry.category("views").add("kkt_till_kanban", {
  ...kanbanView,
  Controller: LiveKanbanController,
});
registry.category("views").add("kkt_till_list", { ...listView, Controller: LiveListController });
