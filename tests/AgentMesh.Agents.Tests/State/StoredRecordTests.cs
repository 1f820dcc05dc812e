using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentMesh.Agents.ApiKeys;
using AgentMesh.Agents.Approvals;
using AgentMesh.Agents.Audit;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.CallTasks;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.DueWork;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Freezing;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Limits;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Policies;
using AgentMesh.Agents.Profile;
using AgentMesh.Agents.Purchases;
using AgentMesh.Agents.Quarantine;
using AgentMesh.Agents.Quotas;
using AgentMesh.Agents.Schedules;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.State;
using AgentMesh.Agents.Summaries;
using AgentMesh.Agents.TenantBudgets;
using AgentMesh.Agents.Tests.ApiKeys;
using AgentMesh.Agents.Tests.Approvals;
using AgentMesh.Agents.Tests.Audit;
using AgentMesh.Agents.Tests.Budgets;
using AgentMesh.Agents.Tests.CallTasks;
using AgentMesh.Agents.Tests.Mail;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Agents.Tests.Payments;
using AgentMesh.Agents.Tests.Policies;
using AgentMesh.Agents.Tests.Purchases;
using AgentMesh.Agents.Tests.TenantBudgets;
using AgentMesh.Agents.Tickets;
using AgentMesh.Agents.Topics;
using AgentMesh.Agents.Turns;
using AgentMesh.Agents.Usage;
using AgentMesh.Agents.Wallets;
using AgentMesh.Primitives.Audit;
using AgentMesh.Testing;
using CsCheck;

namespace AgentMesh.Agents.Tests.State;

/// <summary>Every state record, as it is written, damaged on the way, and read again years later.</summary>
public sealed class StoredRecordTests
{
    private static readonly Gen<DateTimeOffset> Times =
        Gen.Long[0, 253_402_300_799_999].Select(DateTimeOffset.FromUnixTimeMilliseconds);

    private static readonly Gen<long> Counters = Gen.Long[0, 1L << 47];

    private static readonly Gen<AgentHead> Heads =
        from created in Times
        from active in Times
        from counters in Counters.Array[3]
        from epoch in Gen.Long
        from page in Gen.Int[0, int.MaxValue].Array[3]
        from recent in Gen.Byte.Array[0, 128 * 20]
        from keys in Gen.Byte.Array[0, 128]
        from events in Counters
        from turns in Gen.Int[0, int.MaxValue]
        from accepted in Gen.Byte.Array[0, 6 * 60]
        from due in Times
        select new AgentHead(
            created,
            active,
            counters[0],
            counters[1],
            counters[2],
            epoch,
            new OpenPage(page[0], page[1], page[2]),
            new PackedEntries(recent),
            new PackedEntries(keys),
            events,
            turns,
            turns % 2 == 1,
            new PackedEntries(accepted),
            turns % 3 == 0 ? null : due,
            turns % 5 == 0 ? null : due,
            turns % 11 == 0 ? null : due,
            turns % 7 == 0 ? null : "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            turns % 17 == 0 ? null : due)
        {
            PausedTurns = turns / 2,
            NextResume = turns % 13 == 0 ? null : due,
            MailOut = counters[1],
            MailIn = counters[2],
            ErasedMail = turns,
            NextMail = turns % 19 == 0 ? null : due,
            StoredBytes = counters[0],
            ListedBytes = turns % 23 == 0 ? null : counters[1],
            Restoring = turns % 29 == 0 ? null : "0a1b2c3d",
        };

    private static readonly Gen<StoredMessage> Messages =
        from numbers in Counters.Array[3]
        from role in Gen.Bool
        from content in Gen.String.Where(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text)
        from at in Times
        select new StoredMessage(numbers[0], role ? MessageRole.User : MessageRole.Assistant, content, at, numbers[1], numbers[2]);

    // Metadata is JSON inside of a text: numbers that float64 cannot hold have to survive in it.
    private static readonly Gen<SessionRecord> Sessions =
        from times in Times.Array[2]
        from number in Gen.Decimal
        from page in Gen.Int[0, int.MaxValue].Array[3]
        from counters in Counters.Array[2]
        from deleted in Gen.Bool
        select new SessionRecord(
            times[0], times[1], JsonSerializer.Serialize(new { number }), new OpenPage(page[0], page[1], page[2]), counters[0], counters[1], deleted, deleted ? page[0] : null)
        {
            StoredBytes = counters[1],
        };

    private static readonly Gen<OpenTurn> OpenTurns =
        from numbers in Counters
        from small in Gen.Int[0, int.MaxValue].Array[2]
        from times in Times.Array[3]
        from tool in Gen.String.Select(Whole).Null()
        from spent in Gen.Long
        from available in Gen.ULong
        select new OpenTurn(numbers, "default", small[0], small[1], times[0], times[1], times[2], tool)
        {
            Call = small[1],
            SpentMicroUsd = spent,
            PastAttempts = small[0],
            Pause = small[0] % 2 == 0 ? null : new TurnPause(
                times[0], "budget_exceeded", tool ?? "", small[0] % 3 == 0 ? null : "agent", tool, (UInt128)available * available, times[1], spent, small[0] % 5 == 0 ? null : times[2]),
        };

    private static readonly Gen<StoredSchedule> Schedules =
        from content in Gen.String.Select(Whole)
        from times in Times.Array[5]
        from every in Gen.Int[10, 31_622_400]
        from kind in Gen.Int[0, 2]
        from runs in Counters
        select new StoredSchedule(
            SessionId.Of(content, null),
            content,
            "default",
            new ScheduleTiming(
                kind == 0 ? times[0] : null, kind == 1 ? every : null, kind == 2 ? "0 9 * * *" : null, "Europe/Berlin", times[1],
                kind == 1 ? times[2] : null, kind == 0 ? MissedPolicy.Skip : MissedPolicy.Once),
            times[3],
            kind == 0 ? null : times[4],
            kind == 0 ? times[4] : null,
            runs,
            kind == 2 ? new ScheduleFailure("session_not_found", content) : null,
            kind == 1 ? "get_weather" : null);

    private static readonly Gen<DueEntry> DueEntries = from user in Gen.String.Select(Whole) from at in Times select new DueEntry(user, at);

    private static readonly Gen<StoredPayment> StoredPayments =
        from state in Gen.Enum<PaymentState>()
        from direction in Gen.Enum<PaymentDirection>()
        from amount in Gen.ULong
        from decimals in Gen.Int[0, 77]
        from texts in Gen.String.Select(Whole).Array[6]
        from times in Times.Array[2]
        select new StoredPayment(
            texts[0], direction, state, $"{amount}{amount}", decimals, texts[1], texts[2], texts[3], texts[4], texts[5], times[0], times[1],
            decimals % 2 == 0 ? null : texts[0], decimals % 3 == 0 ? null : texts[1]);

    private static readonly Gen<UInt128> Amounts = from halves in Gen.ULong.Array[2] select new UInt128(halves[0], halves[1]);

    private static readonly Gen<SpendingLine> SpendingLines =
        from direction in Gen.Enum<PaymentDirection>()
        from asset in Gen.String.Select(Whole)
        from times in Times.Array[2]
        from payments in Gen.Int[1, int.MaxValue]
        from amount in Amounts
        select new SpendingLine(direction, asset, [new SpendingSlice(times[0], times[1], payments, amount)]);

    private static readonly Gen<Approval> Approvals =
        from texts in Gen.String.Select(Whole).Array[6]
        from amount in Amounts
        from more in Gen.String.Select(Whole).Null().Array[3]
        from times in Times.Array[4]
        from state in Gen.Enum<ApprovalState>()
        select new Approval(
            texts[0], texts[1], texts[2], texts[3], texts[4], amount, more[0], more[1], texts[5], times[0], times[1], state,
            more[0] is null ? null : times[2], more[1] is null ? null : times[3], more[2]);

    /// <summary>What is tested of each record: its newest fixture, how it is made up, and what the fixture holds.</summary>
    private static readonly Dictionary<Type, (string Fixture, Gen<object> Any, object Sample)> Records = new()
    {
        [typeof(AgentHead)] = ("head.v9.json", Heads.Select(head => (object)head), SampleHead),
        [typeof(MessagePage)] = ("page.v1.json", Messages.Array[0, 16].Select(messages => (object)new MessagePage([.. messages])), SamplePage),
        [typeof(IdempotencyBucket)] = ("idem.v1.json", Gen.Byte.Array[0, 49 * 300].Select(bytes => (object)new IdempotencyBucket(new PackedEntries(bytes))), SampleBucket),
        [typeof(SessionIndex)] = (
            "sessions.v1.json", Gen.Byte.Array[0, 16 * 1000].Select(bytes => (object)new SessionIndex(new PackedEntries(bytes))),
            SessionIndex.Empty.With(SessionId.Of("r1", null))),
        [typeof(EventLogPage)] = (
            "events.v2.json",
            from first in Counters from entries in Gen.Byte.Array[0, 64 * 28] select (object)new EventLogPage(first, new PackedEntries(entries)),
            SampleEvents),
        [typeof(TurnTable)] = ("turns.v3.json", OpenTurns.Array[0, 32].Select(turns => (object)new TurnTable([.. turns])), SampleTurns),
        [typeof(ProfileRecord)] = ("profile.v1.json", Gen.String.Null().Select(text => (object)new ProfileRecord(text is null ? null : Whole(text))), new ProfileRecord("Be brief.")),
        [typeof(SessionExpiries)] = (
            "expiries.v1.json", Gen.Byte.Array[0, 22 * 1000].Select(bytes => (object)new SessionExpiries(new PackedEntries(bytes))),
            SessionExpiries.Empty.With(SessionId.Of("r1", null), new DateTimeOffset(2026, 1, 2, 4, 4, 5, 678, TimeSpan.Zero))),
        [typeof(UsageRecord)] = (
            "usage.v1.json", from seen in Times from reads in Counters select (object)new UsageRecord(seen, reads),
            new UsageRecord(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), 12)),
        [typeof(SessionSummary)] = (
            "summary.v1.json",
            from text in Gen.String.Select(Whole)
            from page in Gen.Int[0, int.MaxValue]
            from seq in Counters
            from at in Times
            select (object)new SessionSummary(text, page, seq, at),
            new SessionSummary("Lives in Köln.", 12, 345, new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero))),
        [typeof(WalletRecord)] = (
            "wallet.v2.json",
            from text in Gen.String.Select(Whole).Array[4]
            from more in Gen.String.Select(Whole).Null().Array[3]
            from at in Times
            select (object)new WalletRecord(text[0], text[1], text[2], text[3], at, more[0], more[1], more[2]),
            new WalletRecord(
                "local", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0011223344556677", Convert.ToBase64String(new byte[60]),
                new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), "am-0011", WalletGifts.Pending, "8899aabbccddeeff")),
        [typeof(WalletIndex)] = (
            "wallets.v1.json",
            from key in Gen.String.Select(Whole) from count in Gen.Int[0, int.MaxValue] select (object)new WalletIndex([new WalletKeyCount(key, count)]),
            new WalletIndex([new WalletKeyCount("0011223344556677", 12), new WalletKeyCount("8899aabbccddeeff", 3)])),
        [typeof(WalletShard)] = (
            "walletshard.v1.json",
            from user in Gen.String.Select(Whole) from key in Gen.String.Select(Whole) select (object)new WalletShard([new WalletEntry(user, key)]),
            new WalletShard([new WalletEntry("alice", "0011223344556677")])),
        [typeof(AgentIndex)] = (
            "agents.v1.json",
            from agents in Gen.Int[0, int.MaxValue]
            from bytes in Gen.Long
            from shard in Gen.Int[0, AgentListLimits.Shards - 1]
            select (object)(AgentIndex.Empty.With(shard, true) with { Agents = agents, Bytes = bytes }),
            AgentIndex.Empty.With(7, true).With(1023, true) with { Agents = 2, Bytes = 9_007_199_254_740_993 }),
        [typeof(AgentShard)] = (
            "agentshard.v1.json",
            from user in Gen.String.Select(Whole) from bytes in Counters select (object)new AgentShard([new AgentEntry(user, bytes)]),
            new AgentShard([new AgentEntry("alice", 812)])),
        [typeof(QuarantinedAgents)] = (
            "quarantined.v1.json",
            from user in Gen.String.Select(Whole) from reason in Gen.String.Select(Whole) from at in Times select (object)new QuarantinedAgents([new QuarantinedAgent(user, reason, at)]),
            new QuarantinedAgents([new QuarantinedAgent("alice", "page 3 is missing", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero))])),
        [typeof(ScheduleTable)] = (
            "schedules.v2.json", Schedules.Array[0, 20].Select(schedules => (object)new ScheduleTable([.. schedules])), SampleSchedules),
        [typeof(DueIndex)] = (
            "due.v1.json", Gen.Byte.Array[0, 6 * 256].Select(bytes => (object)new DueIndex(new PackedEntries(bytes))), SampleDue.Index),
        [typeof(DueShard)] = ("dueshard.v1.json", DueEntries.Array[0, 20].Select(entries => (object)new DueShard([.. entries])), SampleDue.Shards[DueIndex.ShardOf("alice")]),
        [typeof(DueTenants)] = (
            "duetenants.v1.json",
            DueEntries.Array[0, 20].Select(entries => (object)new DueTenants([.. entries.Select(entry => new TenantDue(entry.User, entry.At))])),
            DueTenants.Empty.At("default", new DateTimeOffset(2026, 1, 2, 3, 5, 5, 678, TimeSpan.Zero))),
        [typeof(PaymentBook)] = ("paymentbook.v1.json", Counters.Select(count => (object)new PaymentBook(count)), new PaymentBook(17)),
        [typeof(PaymentPlace)] = ("paymentplace.v1.json", Counters.Select(seq => (object)new PaymentPlace(seq)), new PaymentPlace(17)),
        [typeof(PaymentPage)] = ("paymentpage.v2.json", StoredPayments.Array[0, 16].Select(payments => (object)new PaymentPage([.. payments])), new PaymentPage([SamplePayments.Of(17), SamplePayments.Of(18, PaymentState.Authorized) with { Direction = PaymentDirection.Out }])),
        [typeof(PurchaseBook)] = (
            "purchases.v2.json",
            from id in Gen.String.Select(Whole)
            from due in Times
            from bytes in Gen.Int
            select (object)new PurchaseBook([new OpenPurchase(id, due)], [new KeptPurchase(id, due, bytes, bytes % 2 == 0 ? null : id)]),
            PurchaseBook.Empty.With(SamplePurchases.Open).With(SamplePurchases.Settled with { Id = new string('b', 26), Request = SamplePurchases.InTurn })),
        [typeof(StoredPurchase)] = (
            "purchase.v3.json",
            from texts in Gen.String.Select(Whole).Array[9]
            from times in Times.Array[4]
            from state in Gen.Enum<PurchaseState>()
            from numbers in Gen.Int.Array[4]
            select (object)new StoredPurchase(
                texts[0], new PurchaseRequest(texts[1], numbers[0] % 2 == 0, texts[2], texts[3], texts[4], texts[5], texts[6], texts[7], texts[8], null, texts[4]), state, numbers[0],
                times[0], times[1], times[2],
                numbers[1] % 2 == 0 ? null : new PurchaseTerms(texts[0], texts[1], texts[2], true, texts[3], texts[4], texts[5], texts[6], numbers[2], texts[7], texts[8], texts[0], texts[1], times[3], texts[2]),
                numbers[2] % 2 == 0 ? null : new PurchasePayment(texts[3], texts[4]), numbers[3], numbers[3] % 2 == 0,
                numbers[3] % 3 == 0 ? null : new PurchaseAnswer(numbers[0], texts[5], numbers[1]), texts[6], numbers[0] % 3 == 0 ? null : new PurchaseReason(texts[7], texts[8], texts[0]), numbers[1] % 3 == 0 ? null : texts[2]),
            SamplePurchases.Unknown with { Request = SamplePurchases.InTurn, Grant = "mail:7" }),
        [typeof(PurchaseBody)] = (
            "purchasebody.v1.json", Gen.Byte.Array[0, 300].Select(bytes => (object)new PurchaseBody(bytes)), new PurchaseBody("""{"query":"Is it so? <a>&+"}"""u8.ToArray())),
        [typeof(Ledger)] = ("ledger.v2.json", SampleLedger.Any, SampleLedger.Fixture),
        [typeof(PolicyRecord)] = (
            "policy.v1.json", from text in Gen.String.Select(Whole) from at in Times select (object)new PolicyRecord(text, at),
            new PolicyRecord(SamplePolicies.Policy("{'effect':'allow','asset':['USDC'],'amountAtMost':'1000000'}").ToJson(), SamplePayments.Now)),
        [typeof(SpendingMemory)] = (
            "spending.v1.json",
            from payees in Gen.Byte.Array[0, 16 * 512] from lines in SpendingLines.Array[0, 32] select (object)new SpendingMemory(new PackedEntries(payees), [.. lines]),
            SpendingMemory.Empty.With(SamplePolicies.Payment("1000000 USDC to ALICE"), SamplePayments.Now)),
        [typeof(ApprovalTable)] = (
            "approvals.v1.json", Approvals.Array[0, 20].Select(approvals => (object)new ApprovalTable([.. approvals])), new ApprovalTable([SampleApprovals.Used])),
        [typeof(FreezeRecord)] = ("freeze.v1.json", SampleTenants.AnyFreeze, SampleTenants.Freeze),
        [typeof(CallTaskTable)] = (
            "tasks.v2.json",
            from texts in Gen.String.Select(Whole).Array[7]
            from turn in Counters.Nullable()
            from times in Times.Array[2]
            from hasAsked in Gen.Bool
            let questions = new[] { new CallQuestion(texts[3], texts[4], null), new CallQuestion(texts[3], texts[4], texts[5]) }
            let input = hasAsked ? new CallInput(texts[5], turn is null ? texts[6] : null, [.. questions], turn is null) : null
            select (object)new CallTaskTable([new CallTask(texts[0], texts[1], turn, turn is null ? texts[2] : null, times[0], times[1], input)]),
            new CallTaskTable([CallTaskTests.OfTurn, CallTaskTests.OfPayment, CallTaskTests.OfCall])),
        [typeof(MailBook)] = ("mail.v2.json", SampleMail.AnyBook, SampleMail.Book),
        [typeof(OutMail)] = ("mailout.v1.json", SampleMail.AnySent, SampleMail.Sent),
        [typeof(InMail)] = ("mailin.v1.json", SampleMail.AnyReceived, SampleMail.Received),
        [typeof(MailSenders)] = (
            "mailfrom.v1.json", Gen.Byte.Array[0, 37 * 256].Select(bytes => (object)new MailSenders(new PackedEntries(bytes))),
            MailSenders.Empty.With("default:bob", 1_760_000_000_000, 12, 7, MailOutcome.ToAnswer, SampleMail.Now)),
        [typeof(PublishedRecord)] = (
            "published.v1.json", from at in Times from seq in Counters select (object)new PublishedRecord(at, seq), new PublishedRecord(SamplePayments.Now, 42)),
        [typeof(AgentTopics)] = (
            "topics.v1.json",
            from name in Gen.String.Select(Whole) from at in Times select (object)new AgentTopics([new JoinedTopic(name, at), new JoinedTopic(name, at)]),
            new AgentTopics([new JoinedTopic("news", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero))])),
        [typeof(TopicMembers)] = (
            "topicmembers.v1.json", Gen.String.Select(Whole).Array[0, 20].Select(users => (object)new TopicMembers([.. users])), new TopicMembers(["alice", "bob"])),
        [typeof(SpentTickets)] = (
            "tickets.v1.json",
            from texts in Gen.String.Select(Whole).Array[2] from at in Times select (object)new SpentTickets([new SpentTicket(texts[0], texts[1], at), new SpentTicket(texts[1], texts[0], at)]),
            new SpentTickets([new SpentTicket("aebagbafaydqqcikbmga2dqpca", "00112233445566778899aabbccddeeff", new DateTimeOffset(2026, 1, 2, 3, 5, 5, 678, TimeSpan.Zero))])),
        [typeof(ApiKeyBook)] = (
            "apikeys.v1.json",
            from entries in (from id in Gen.String.Select(Whole) from at in Times.Nullable() select new ApiKeyEntry(id, at)).Array[0, 20] select (object)new ApiKeyBook([.. entries]),
            SampleApiKeys.Book),
        [typeof(ApiKeyRecord)] = (
            "apikey.v1.json",
            from texts in Gen.String.Select(Whole).Array[3]
            from bytes in Gen.Byte.Array[16, 32].Array[2]
            from at in Times
            from more in Times.Nullable().Array[2]
            select (object)new ApiKeyRecord(
                texts[0], new PackedEntries(bytes[0]), new PackedEntries(bytes[1]), more[0] is null ? null : texts[1], [texts[1], texts[2]], texts[2], at, more[0], more[1]),
            SampleApiKeys.Key),
        [typeof(AuditBook)] = (
            "audit.v1.json",
            from number in Gen.Long[0, 1L << 48]
            from open in (from texts in Gen.String.Select(Whole).Array[4] from at in Times select new OpenAction(number, at, new AdminAction(texts[0], texts[1], texts[2], texts[3]))).Array[0, 20]
            select (object)new AuditBook(number, AuditRecord.NoHash, [.. open]),
            SampleAudit.Book),
        [typeof(AuditPage)] = (
            "auditpage.v1.json",
            from records in (
                from number in Gen.Long[1, 1L << 48]
                from texts in Gen.String.Select(Whole).Array[6]
                from at in Times
                from intent in Gen.Long[1, 1L << 48].Nullable()
                select new AuditRecord(number, at, texts[0], texts[1], texts[2], texts[3], intent, intent is null ? null : texts[4], texts[5], AuditRecord.NoHash)).Array[0, 32]
            select (object)new AuditPage([.. records]),
            SampleAudit.Page),
        [typeof(TenantControl)] = ("control.v1.json", SampleTenants.AnyControl, SampleTenants.Control),
        [typeof(TenantLedger)] = ("budget.v1.json", SampleTenants.AnyLedger, SampleTenants.Ledger),
        [typeof(SessionRecord)] = ("session.v3.json", Sessions.Select(session => (object)session), SampleSession),
    };

    /// <summary>
    /// What the serializer of state knows, by reflection: a record that is not on its list cannot be stored, and one that is cannot be
    /// forgotten here.
    /// </summary>
    public static TheoryData<string> StoredRecords =>
    [
        .. from attribute in typeof(AgentStateJson).GetCustomAttributesData()
           where attribute.AttributeType == typeof(JsonSerializableAttribute)
           select ((Type)attribute.ConstructorArguments[0].Value!).FullName,
    ];

    [Theory]
    [MemberData(nameof(StoredRecords))]
    public void Record_SurvivesDaprd(string name)
    {
        var type = TypeOf(name);
        Assert.True(Records.TryGetValue(type, out var record), $"{type.Name} is stored and has no generator here.");
        Gen.Select(record.Any, Gen.Int).Sample((written, seed) => Assert.Equal(
            PartsOf(written), PartsOf(JsonSerializer.Deserialize(DaprdFidelity.Damage(JsonSerializer.Serialize(written, type, FakeAgent.Json), seed), type, FakeAgent.Json)!)));

        // A list has no equality of its own.
        static IEnumerable<object> PartsOf(object record) => record switch
        {
            MessagePage page => page.Messages,
            TurnTable turns => turns.Open,
            ScheduleTable schedules => schedules.All,
            DueShard shard => shard.Entries,
            WalletIndex wallets => wallets.Counts,
            WalletShard shard => shard.Entries,
            AgentShard shard => shard.Entries,
            DueTenants tenants => tenants.Tenants,
            PaymentPage page => page.Payments,
            PurchaseBook purchases => [.. purchases.Open, .. purchases.Kept],
            PurchaseBody body => [Convert.ToHexString(body.Bytes.Span)],
            Ledger ledger => SampleLedger.PartsOf(ledger),
            ApprovalTable approvals => approvals.All,
            CallTaskTable tasks =>
            [
                .. tasks.All.Select(task => task with { Input = null }),
                .. tasks.All.Where(task => task.Input is not null).SelectMany(task => task.Input!.Questions.Cast<object>().Prepend((task.Input.Arguments, task.Input.State ?? "", task.Input.IsCanceled))),
            ],
            SpendingMemory memory => [memory.Payees, .. memory.Lines.SelectMany(line => line.Slices.Cast<object>().Prepend((line.Direction, line.Asset)))],
            MailBook book => SampleMail.PartsOf(book),
            TenantControl control => SampleTenants.PartsOf(control),
            TenantLedger ledger => SampleTenants.PartsOf(ledger),
            _ => [record],
        };
    }

    [Theory]
    [MemberData(nameof(StoredRecords))]
    public void Record_IsStoredWithItsVersion(string name)
    {
        var options = new JsonSerializerOptions();
        AgentStateJson.AddTo(options);
        Assert.Single(options.Converters, converter => converter.CanConvert(TypeOf(name)));
    }

    [Fact]
    public void Message_IsNeverBiggerThanItsCountedBytes() => Messages.Sample(
        message => Assert.True(JsonSerializer.Serialize(new MessagePage([message]), FakeAgent.Json).Length - """{"messages":[],"v":1}""".Length <= message.EncodedBytes()));

    [Theory]
    [InlineData("head.v1.json")]
    [InlineData("page.v1.json")]
    [InlineData("idem.v1.json")]
    [InlineData("sessions.v1.json")]
    [InlineData("session.v1.json")]
    [InlineData("head.v2.json")]
    [InlineData("events.v1.json")]
    [InlineData("turns.v1.json")]
    [InlineData("profile.v1.json")]
    [InlineData("schedules.v1.json")]
    [InlineData("session.v3.json")]
    [InlineData("expiries.v1.json")]
    [InlineData("usage.v1.json")]
    [InlineData("summary.v1.json")]
    [InlineData("events.v2.json")]
    [InlineData("turns.v2.json")]
    [InlineData("schedules.v2.json")]
    [InlineData("due.v1.json")]
    [InlineData("dueshard.v1.json")]
    [InlineData("duetenants.v1.json")]
    [InlineData("head.v3.json")]
    [InlineData("wallet.v1.json")]
    [InlineData("wallet.v2.json")]
    [InlineData("wallets.v1.json")]
    [InlineData("walletshard.v1.json")]
    [InlineData("paymentbook.v1.json")]
    [InlineData("paymentplace.v1.json")]
    [InlineData("paymentpage.v1.json")]
    [InlineData("head.v4.json")]
    [InlineData("head.v5.json")]
    [InlineData("paymentpage.v2.json")]
    [InlineData("purchases.v1.json")]
    [InlineData("purchase.v1.json")]
    [InlineData("purchases.v2.json")]
    [InlineData("purchase.v2.json")]
    [InlineData("purchase.v3.json")]
    [InlineData("purchasebody.v1.json")]
    [InlineData("ledger.v1.json")]
    [InlineData("policy.v1.json")]
    [InlineData("spending.v1.json")]
    [InlineData("approvals.v1.json")]
    [InlineData("head.v6.json")]
    [InlineData("turns.v3.json")]
    [InlineData("freeze.v1.json")]
    [InlineData("control.v1.json")]
    [InlineData("budget.v1.json")]
    [InlineData("tasks.v1.json")]
    [InlineData("tasks.v2.json")]
    [InlineData("head.v8.json")]
    [InlineData("head.v9.json")]
    [InlineData("ledger.v2.json")]
    [InlineData("mail.v1.json")]
    [InlineData("mail.v2.json")]
    [InlineData("mailout.v1.json")]
    [InlineData("mailin.v1.json")]
    [InlineData("mailfrom.v1.json")]
    [InlineData("published.v1.json")]
    [InlineData("tickets.v1.json")]
    [InlineData("apikeys.v1.json")]
    [InlineData("apikey.v1.json")]
    [InlineData("audit.v1.json")]
    [InlineData("auditpage.v1.json")]
    public void EveryShippedVersion_StillLoads(string file)
    {
        var json = Fixture(file);
        object record = file[..file.IndexOf('.', StringComparison.Ordinal)] switch
        {
            "head" => Read<AgentHead>(json),
            "page" => Read<MessagePage>(json),
            "sessions" => Read<SessionIndex>(json),
            "session" => Read<SessionRecord>(json),
            "events" => Read<EventLogPage>(json),
            "turns" => Read<TurnTable>(json),
            "profile" => Read<ProfileRecord>(json),
            "schedules" => Read<ScheduleTable>(json),
            "expiries" => Read<SessionExpiries>(json),
            "usage" => Read<UsageRecord>(json),
            "summary" => Read<SessionSummary>(json),
            "due" => Read<DueIndex>(json),
            "dueshard" => Read<DueShard>(json),
            "duetenants" => Read<DueTenants>(json),
            "wallet" => Read<WalletRecord>(json),
            "wallets" => Read<WalletIndex>(json),
            "walletshard" => Read<WalletShard>(json),
            "agents" => Read<AgentIndex>(json),
            "agentshard" => Read<AgentShard>(json),
            "quarantined" => Read<QuarantinedAgents>(json),
            "paymentbook" => Read<PaymentBook>(json),
            "paymentplace" => Read<PaymentPlace>(json),
            "paymentpage" => Read<PaymentPage>(json),
            "purchases" => Read<PurchaseBook>(json),
            "purchase" => Read<StoredPurchase>(json),
            "purchasebody" => Read<PurchaseBody>(json),
            "ledger" => Read<Ledger>(json),
            "policy" => Read<PolicyRecord>(json),
            "spending" => Read<SpendingMemory>(json),
            "approvals" => Read<ApprovalTable>(json),
            "freeze" => Read<FreezeRecord>(json),
            "control" => Read<TenantControl>(json),
            "budget" => Read<TenantLedger>(json),
            "tasks" => Read<CallTaskTable>(json),
            "mail" => Read<MailBook>(json),
            "mailout" => Read<OutMail>(json),
            "mailin" => Read<InMail>(json),
            "mailfrom" => Read<MailSenders>(json),
            "published" => Read<PublishedRecord>(json),
            "tickets" => Read<SpentTickets>(json),
            "apikeys" => Read<ApiKeyBook>(json),
            "apikey" => Read<ApiKeyRecord>(json),
            "audit" => Read<AuditBook>(json),
            "auditpage" => Read<AuditPage>(json),
            _ => Read<IdempotencyBucket>(json),
        };
        // An older version has a second file with its content in today's form.
        var today = Path.Combine("Fixtures", file.Replace(".json", ".today.json", StringComparison.Ordinal));
        Assert.Equal(Fixture(File.Exists(Path.Combine(AppContext.BaseDirectory, today)) ? Path.GetFileName(today) : file), JsonSerializer.Serialize(record, record.GetType(), FakeAgent.Json));
    }

    /// <summary>What is written now is the newest fixture, byte for byte: a changed name or form needs a new version.</summary>
    [Theory]
    [MemberData(nameof(StoredRecords))]
    public void WireNames_AreTheApprovedOnes(string name) =>
        Assert.Equal(Fixture(Records[TypeOf(name)].Fixture), JsonSerializer.Serialize(Records[TypeOf(name)].Sample, TypeOf(name), FakeAgent.Json));

    [Fact]
    public void Keys_AreTheApprovedOnes() =>
        Assert.Equal(
            [
                "head", "page:default:12", "idem:7", "sessions", "session:abc", "events:3", "turns", "profile", "schedules", "expiries", "usage", "summary:abc", "wallet",
                "payments", "payments:3", "payment:abc", "purchases", "purchase:abc", "purchase-body:abc", "purchase-answer:abc", "ledger", "policy", "spending", "approvals", "freeze", "tasks",
                "mail", "mail-out:12", "mail-in:12", "mail-from:3", "published", "tickets",
            ],
            [
                StateKeys.Head, StateKeys.Page("default", 12), StateKeys.Bucket(7), StateKeys.Sessions, StateKeys.Session("abc"),
                StateKeys.Events(3), StateKeys.Turns, StateKeys.Profile, StateKeys.Schedules, StateKeys.Expiries, StateKeys.Usage,
                StateKeys.Summary("abc"), StateKeys.Wallet, StateKeys.Payments, StateKeys.PaymentPage(3), StateKeys.PaymentPlace("abc"),
                StateKeys.Purchases, StateKeys.Purchase("abc"), StateKeys.PurchaseBody("abc"), StateKeys.PurchaseAnswer("abc"), StateKeys.Ledger,
                StateKeys.Policy, StateKeys.Spending, StateKeys.Approvals, StateKeys.Freeze, StateKeys.Tasks, StateKeys.Mail,
                StateKeys.SentMail(12), StateKeys.ReceivedMail(12), StateKeys.MailSenders(3), StateKeys.Published, StateKeys.Tickets,
            ]);

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("""{"v":0,"messages":[]}""")]
    [InlineData("""{"v":2,"messages":[]}""")]
    [InlineData("""{"v":1.5,"messages":[]}""")]
    [InlineData("""{"v":"1","messages":[]}""")]
    [InlineData("""{"v":1}""")]
    [InlineData("""{"v":1,"messages":null}""")]
    [InlineData("""{"v":1,"messages":[{"seq":1,"role":"user","content":null,"at":"2026-01-02T03:04:05.678Z","turn":1,"count":1}]}""")]
    [InlineData("""{"v":1,"messages":[{"seq":1,"role":"robot","content":"","at":"2026-01-02T03:04:05.678Z","turn":1,"count":1}]}""")]
    [InlineData("""{"v":1,"messages":[{"seq":1,"role":"user","content":"","at":"yesterday","turn":1,"count":1}]}""")]
    [InlineData("""{"v":1,"messages":[{"seq":1.5,"role":"user","content":"","at":"2026-01-02T03:04:05.678Z","turn":1,"count":1}]}""")]
    [InlineData("""{"v":1,"messages":[{"role":"user","content":"","at":"2026-01-02T03:04:05.678Z","turn":1,"count":1}]}""")]
    public void Damage_IsNoticed(string json) => Assert.Throws<JsonException>(() => Read<MessagePage>(json));

    [Theory]
    [InlineData("0.1234567891", "0.123457")]
    [InlineData("19.999999999", "20")]
    [InlineData("-1.0000004", "-1")]
    [InlineData("0.0000001", "0")]
    [InlineData("1e-9", "0")]
    [InlineData("1234.56", "1234.56")]
    [InlineData("12345678", "12345678")]
    [InlineData("123456789.123456789", "123456789.12345679")]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("123456789012345678", "123456789012345680")]
    [InlineData("\"<a>&\"", "\"<a>&\"")]
    public void Damage_IsThatOfDaprd(string written, string stored)
    {
        using var damaged = JsonDocument.Parse(DaprdFidelity.Damage(written, 1));
        using var expected = JsonDocument.Parse(stored);
        if (expected.RootElement.ValueKind == JsonValueKind.String)
            Assert.Equal(expected.RootElement.GetString(), damaged.RootElement.GetString());
        else
            Assert.Equal(stored, damaged.RootElement.GetRawText());
    }

    private static AgentHead SampleHead => new(
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, 0, TimeSpan.Zero),
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        4,
        4,
        2,
        (1L << 32) + 9_007_199_254_740_993,
        new OpenPage(1, 4, 812),
        RecentRequests.With(PackedEntries.Empty, Hash(1), new PagePointer(1, 4)),
        IdempotencyCounts.With(PackedEntries.Empty, 7, SampleBucket),
        1,
        3,
        false,
        RateWindow.With(PackedEntries.Empty, new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero)),
        new DateTimeOffset(2026, 1, 2, 8, 0, 0, 0, TimeSpan.Zero),
        new DateTimeOffset(2026, 1, 2, 4, 4, 5, 678, TimeSpan.Zero),
        new DateTimeOffset(2026, 1, 2, 3, 9, 5, 678, TimeSpan.Zero),
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        new DateTimeOffset(2026, 1, 2, 3, 5, 5, 678, TimeSpan.Zero))
    {
        PausedTurns = 2,
        NextResume = new DateTimeOffset(2026, 1, 2, 5, 4, 5, 678, TimeSpan.Zero),
        MailOut = 12,
        MailIn = 7,
        NextMail = new DateTimeOffset(2026, 1, 2, 3, 4, 35, 678, TimeSpan.Zero),
        StoredBytes = 812,
        ListedBytes = 401,
        Restoring = "0a1b2c3d",
    };

    private static DueTable SampleDue => new DueTable(DueIndex.Empty, ImmutableDictionary<int, DueShard>.Empty.Add(DueIndex.ShardOf("alice"), DueShard.Empty))
        .Note("alice", new DateTimeOffset(2026, 1, 2, 3, 5, 5, 678, TimeSpan.Zero), new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));

    private static EventLogPage SampleEvents => new(
        65,
        new PackedEntries(
        [
            .. new UserMessageEntry("default", 5).ToBytes(),
            .. new AssistantMessageEntry("default", 5, 65, null).ToBytes(),
            .. new UserMessageEntry(SessionId.Of("r1", null), 1).ToBytes(),
            .. new AssistantMessageEntry(SessionId.Of("r1", null), 1, 67, new ModelUsage(120, 30, 4500)).ToBytes(),
            .. new ErrorEntry("default", 69, new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), "turn_canceled", "héllo").ToBytes(),
            .. FactEntry.Of(
                "default", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), FactTypes.Tool, ("turn", "5"), ("call", 1), ("tool", "search_history")).ToBytes(),
        ]));

    private static TurnTable SampleTurns => new(
    [
        SampleTurn(5, "default", 2) with { Tool = "get_weather" },
        SampleTurn(7, new string('0', 26), 3) with { Call = 2, SpentMicroUsd = 1234, PastAttempts = 1 },
        SampleTurn(9, "default", 1) with
        {
            Pause = new TurnPause(
                new DateTimeOffset(2026, 1, 2, 3, 4, 6, 678, TimeSpan.Zero), "budget_exceeded", "There is not enough.", "agent", "rolling:24h", 17,
                new DateTimeOffset(2026, 1, 3, 3, 4, 6, 678, TimeSpan.Zero), 1020, new DateTimeOffset(2026, 1, 3, 3, 4, 6, 678, TimeSpan.Zero)),
        },
    ]);

    private static OpenTurn SampleTurn(long turn, string session, int attempt) => new(
        turn,
        session,
        1,
        attempt,
        new DateTimeOffset(2026, 1, 2, 3, 4, 20, 678, TimeSpan.Zero),
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        new DateTimeOffset(2026, 1, 2, 3, 9, 5, 678, TimeSpan.Zero),
        null);

    private static ScheduleTable SampleSchedules => new(
    [
        new StoredSchedule(
            SessionId.Of("r1", null),
            "Good morning!",
            "default",
            new ScheduleTiming(
                null, null, "0 9 * * *", "Europe/Berlin", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), null, MissedPolicy.Once),
            new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
            new DateTimeOffset(2026, 1, 3, 8, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 1, 2, 8, 0, 0, 12, TimeSpan.Zero),
            1,
            null,
            null),
        new StoredSchedule(
            SessionId.Of("r2", null),
            "Are you there?",
            SessionId.Of("s1", null),
            new ScheduleTiming(
                new DateTimeOffset(2026, 1, 2, 4, 0, 0, 0, TimeSpan.Zero), null, null, "UTC", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), null,
                MissedPolicy.Skip),
            new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
            null,
            null,
            0,
            new ScheduleFailure("session_not_found", "The agent has no such session."),
            "get_weather"),
    ]);

    private static MessagePage SamplePage => new(
    [
        new StoredMessage(1, MessageRole.User, "héllo \"you\"", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 0, TimeSpan.Zero), 1, 1),
        new StoredMessage(2, MessageRole.Assistant, "hi", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), 1, 2),
    ]);

    private static IdempotencyBucket SampleBucket => IdempotencyBucket.Empty.With(
        Hash(2), Hash(3), new PagePointer(1, 2), new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));

    private static SessionRecord SampleSession => new(
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, 0, TimeSpan.Zero),
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        """{"title":"Trip"}""",
        new OpenPage(1, 4, 812),
        4,
        6,
        false,
        3600)
    {
        StoredBytes = 812,
    };

    // Half a surrogate pair is no text that JSON could carry.
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static byte[] Hash(byte first) => [.. Enumerable.Range(first, 32).Select(n => (byte)n)];

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, FakeAgent.Json)!;

    private static Type TypeOf(string name) => typeof(AgentStateJson).Assembly.GetType(name, throwOnError: true)!;

    private static string Fixture(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", file)).TrimEnd('\n');
}
