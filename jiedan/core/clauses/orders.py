"""Chapters 1 to 4: general rules, taking, executing and delivering orders, in our own words."""

from jiedan.core.clauses.catalogue import Row

GENERAL: tuple[Row, ...] = (
    (
        "1.2",
        "R",
        "适用范围",
        "Scope",
        "凡在平台承接的订单，无论商品销售还是服务，相关部门和员工一律按本制度办理。",
        "Every order taken on the platform, goods and services alike, and every department and employee involved "
        "follow this procedure.",
    ),
    (
        "1.3.1",
        "GJ",
        "合法合规",
        "Lawful",
        "接单、执行和交付须遵守法律法规和平台规则。",
        "Orders are taken, executed and delivered within the law and the platform's rules.",
    ),
    (
        "1.3.2",
        "GR",
        "诚实信用",
        "Honest",
        "如实提供商品和服务信息，不虚假宣传，不隐瞒；承诺的内容以约定条款为准。",
        "Product and service information is true and complete; what was promised is what the agreed terms say.",
    ),
    (
        "1.3.3",
        "J",
        "客户至上",
        "Customer first",
        "以客户为先，提供优质服务，并以客户满意度衡量。",
        "The customer comes first and gets quality service, measured by satisfaction.",
    ),
    (
        "1.3.4",
        "GR",
        "公平公正",
        "Fair",
        "接单、执行和处理争议一视同仁，依据公开可查，任何人不得审批或检查本人的工作。",
        "Taking, executing and disputes follow grounds that anybody concerned can see; nobody approves or inspects "
        "their own work.",
    ),
)

TAKING: tuple[Row, ...] = (
    (
        "2.1.1",
        "CR",
        "主动接单",
        "Active taking",
        "业务部门关注平台发布的订单信息，筛选属于业务范围且能够承接的订单，并及时与客户取得联系。",
        "The department watches the platform's listings, picks those within its scope and ability and contacts the "
        "customer promptly.",
    ),
    (
        "2.1.2",
        "CR",
        "客户下单",
        "Customer-placed order",
        "平台推送的订单由责任部门在规定的工作时间内接收并阅读。",
        "The responsible department accepts and reads an order pushed by the platform within the working hours set.",
    ),
    (
        "2.2.1",
        "GR",
        "业务可行性评估",
        "Feasibility",
        "接单人员评估订单是否属于业务范围、资源是否充足、技术难度是否在能力之内。",
        "The order taker judges whether the order is within scope, whether resources suffice and whether its "
        "difficulty is within our ability.",
    ),
    (
        "2.2.2",
        "GR",
        "风险评估",
        "Risk",
        "评估客户信用、市场波动和法律等风险，并为每项风险制定应对措施。",
        "Customer credit, market and legal risks are judged, and every risk gets a response.",
    ),
    (
        "2.2.3",
        "GCR",
        "评估反馈",
        "Feedback and decision",
        "评估结果报上级领导或决策部门：可行的提出下一步建议，不可行的说明理由和意见。",
        "The result goes to the decision maker: feasible with the next step proposed, infeasible with the reason "
        "and advice.",
    ),
    (
        "2.3.1",
        "GR",
        "沟通确认",
        "Agreeing the terms",
        "就需求、交付时间、价格和付款方式与客户逐项沟通，使双方理解一致。",
        "Requirements, delivery time, price and payment terms are agreed with the customer item by item, so that "
        "both understand the same.",
    ),
    (
        "2.3.2",
        "GR",
        "签订合同",
        "Contract",
        "需要签订合同的，起草后交客户审阅，核查条款合法、明确、无歧义，双方签署并留存原件和附件。",
        "Where a contract is needed it is drafted, read by the customer, checked for lawful, definite and "
        "unambiguous clauses, signed, and kept with its attachments by both sides.",
    ),
    (
        "2.3.3",
        "GCR",
        "订单录入",
        "Entry",
        "订单编号、客户、需求、交付时间、价格和付款方式完整、准确地录入系统。",
        "Order number, customer, requirements, delivery time, price and payment terms are entered completely and "
        "accurately.",
    ),
)

EXECUTING: tuple[Row, ...] = (
    (
        "3.1.1",
        "CR",
        "任务分派",
        "Assignment",
        "业务部门负责人将订单任务分派到团队或个人，明确责任人和时间节点。",
        "The department head assigns the order's tasks to a team or a person, with owner and time nodes.",
    ),
    (
        "3.1.2",
        "GCR",
        "工作计划",
        "Work plan",
        "执行团队制定包含步骤、资源和进度的详细计划，报业务部门负责人审核。",
        "The team writes a detailed plan of steps, resources and schedule and hands it to the head for review.",
    ),
    (
        "3.2.1",
        "GR",
        "人员配置",
        "People",
        "按订单需要安排具备相应技能的人员。",
        "People with the skills that the order needs are assigned.",
    ),
    (
        "3.2.2",
        "GR",
        "物资设备",
        "Materials and equipment",
        "保证所需物资和设备按时到位。",
        "The materials and equipment needed arrive in time.",
    ),
    (
        "3.2.3",
        "GR",
        "预算控制",
        "Budget",
        "编制订单预算，执行中控制成本，超支须经批准。",
        "The order has a budget, cost is kept under control, and spending beyond it needs approval.",
    ),
    (
        "3.2.4",
        "CR",
        "资源短缺上报",
        "Shortage",
        "发现资源短缺立即报告上级并协调解决，直至落实。",
        "A shortage is reported to superiors at once and coordinated until it is resolved.",
    ),
    (
        "3.3.1",
        "GR",
        "质量控制",
        "Quality control",
        "生产按订单和计划进行，执行质量控制标准，不合格的不得进入下一步。",
        "Production follows order and plan under quality control standards; what fails goes no further.",
    ),
    (
        "3.3.2",
        "R",
        "服务沟通",
        "Service contact",
        "服务过程中与客户保持密切联系，听取并记录其需求和意见。",
        "During the service the team keeps in close contact with the customer, hears needs and opinions and "
        "writes them down.",
    ),
    (
        "3.3.3",
        "GR",
        "订单变更",
        "Change",
        "变更须与客户协商一致，相应调整工作安排，并保留记录。",
        "A change is agreed with the customer, the work is adjusted and records are kept.",
    ),
    (
        "3.4.1",
        "CR",
        "进度跟踪",
        "Progress tracking",
        "通过系统和定期报告跟踪进度，业务部门负责人定期检查。",
        "Progress is tracked by the system and by periodic reports; the head inspects regularly.",
    ),
    (
        "3.4.2",
        "CR",
        "关键节点",
        "Milestones",
        "重点关注关键节点；出现延误的，分析原因并采取补救措施。",
        "Milestones are watched closely; a delay is analysed and caught up with measures.",
    ),
    (
        "3.4.3",
        "CR",
        "进度告知",
        "Progress to the customer",
        "定期向客户告知已完成的工作、存在的问题和解决办法，以及预计交付时间。",
        "The customer is told regularly what has been done, which problems there are and how they are solved, and "
        "when delivery is expected.",
    ),
)

DELIVERING: tuple[Row, ...] = (
    (
        "4.1.1",
        "GR",
        "交付前自查",
        "Self-check",
        "交付前对产品质量、服务项目和文件资料全面自查，未通过的不得交付。",
        "Product quality, service items and documents are checked in full before delivery; nothing is delivered "
        "before the check is passed.",
    ),
    (
        "4.1.2",
        "GR",
        "交付文件",
        "Delivery documents",
        "说明书、质检报告、服务报告、发票等文件准确、完整、清晰、合法。",
        "Manual, quality report, service report and invoice are accurate, complete, clear and lawful.",
    ),
    (
        "4.2.1",
        "R",
        "交付方式",
        "Mode of delivery",
        "按约定以快递、货运、上门或电子方式交付。",
        "Delivery is by courier, by freight, on site or electronic, as agreed.",
    ),
    (
        "4.2.2",
        "GCR",
        "快递与货运",
        "Courier and freight",
        "选择信誉良好的承运方，包装牢固、标识清楚，规范办理托运，并跟踪至送达。",
        "A reputable carrier, sound packing and labels, proper consignment, and tracking until it arrives.",
    ),
    (
        "4.2.3",
        "CR",
        "预约交付",
        "Appointment",
        "上门和电子交付须事先与客户约定时间和方式。",
        "Time and manner of on-site and electronic delivery are agreed with the customer beforehand.",
    ),
    (
        "4.2.4",
        "GR",
        "上门规范",
        "On-site conduct",
        "上门人员持有效证件，遵守服务规范。",
        "Staff on site carry valid credentials and keep the service standard.",
    ),
    (
        "4.2.5",
        "GR",
        "电子交付",
        "Electronic delivery",
        "电子文件格式正确、内容完整、能够打开。",
        "Electronic files have the right format, are complete and open.",
    ),
    (
        "4.3.1",
        "CR",
        "客户确认",
        "Customer's confirmation",
        "交付后立即请客户以签字、在线确认或反馈的方式确认。",
        "After delivery the customer is asked at once to confirm: by signature, online or by feedback.",
    ),
    (
        "4.3.2",
        "GCR",
        "异议处理",
        "Objection",
        "客户的疑问和异议与客户协商解决；未解决的，订单不得完结。",
        "Questions and objections are settled with the customer; an order with an open one can't be completed.",
    ),
    (
        "4.3.3",
        "R",
        "交付记录",
        "Delivery record",
        "记录交付时间、方式和确认情况，并反馈给业务部门。",
        "Time, mode and confirmation of the delivery are recorded and fed back to the business department.",
    ),
)
