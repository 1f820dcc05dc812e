namespace AgentMesh.Contracts.Agents;

/// <summary>Refusal codes of the agent, in order of precedence. Documented in <c>docs/refusals.md</c>.</summary>
public static class AgentRefusals
{
    /// <summary>The agent's stored state contradicts itself; nothing is done until an operator has looked.</summary>
    public const string AgentQuarantined = "agent_quarantined";

    /// <summary>The agent's records are encrypted, or are to be, and their master key is not there. Passes when the key is back.</summary>
    public const string EncryptionKeyMissing = "encryption_key_missing";

    /// <summary>The agent is being erased; what it had is gone when that is done.</summary>
    public const string AgentErasing = "agent_erasing";

    /// <summary>The agent is made from an export; it can be used when all of it is there.</summary>
    public const string AgentRestoring = "agent_restoring";

    /// <summary>The agent has been used; an export is restored into one that was not.</summary>
    public const string AgentExists = "agent_exists";

    /// <summary>What is to be restored is no export, or not all of one.</summary>
    public const string InvalidExport = "invalid_export";

    /// <summary>No such session.</summary>
    public const string SessionNotFound = "session_not_found";

    /// <summary>The session has no summary.</summary>
    public const string SummaryNotFound = "summary_not_found";

    /// <summary>No such turn.</summary>
    public const string TurnNotFound = "turn_not_found";

    /// <summary>No such task, or it has expired.</summary>
    public const string TaskNotFound = "task_not_found";

    /// <summary>No such schedule.</summary>
    public const string ScheduleNotFound = "schedule_not_found";

    /// <summary>The idempotency key was used before with another body.</summary>
    public const string IdempotencyKeyReused = "idempotency_key_reused";

    /// <summary>The agent holds as many unexpired idempotency keys as it keeps.</summary>
    public const string TooManyIdempotencyKeys = "too_many_idempotency_keys";

    /// <summary>The message is empty or longer than 64 KiB.</summary>
    public const string InvalidContent = "invalid_content";

    /// <summary>The agent sells nothing of that name.</summary>
    public const string NotForSale = "not_for_sale";

    /// <summary>There is no such tool, or it does not take the arguments.</summary>
    public const string InvalidToolCall = "invalid_tool_call";

    /// <summary>What to do with a message during a running turn is none of the policies.</summary>
    public const string InvalidIfBusy = "invalid_if_busy";

    /// <summary>More messages in the window than the agent takes.</summary>
    public const string RateLimited = "rate_limited";

    /// <summary>A turn of the session runs, and the message was not to wait for it.</summary>
    public const string TurnRunning = "turn_running";

    /// <summary>The agent has as many turns under way as it takes.</summary>
    public const string TooManyTurns = "too_many_turns";

    /// <summary>What a task asks, or is answered, is longer than the agent keeps.</summary>
    public const string TaskInputTooLarge = "task_input_too_large";

    /// <summary>The agent keeps as many tasks as it does. Callers wait for the answer instead.</summary>
    public const string TooManyTasks = "too_many_tasks";

    /// <summary>The model gave no answer.</summary>
    public const string TurnFailed = "turn_failed";

    /// <summary>The turn was canceled by its owner, or by a message that interrupted it.</summary>
    public const string TurnCanceled = "turn_canceled";

    /// <summary>The turn's time was over before the model had answered.</summary>
    public const string TurnTimedOut = "turn_timed_out";

    /// <summary>The page asked for is not 1-1000 messages, or not 1-100 sessions.</summary>
    public const string InvalidLimit = "invalid_limit";

    /// <summary>The default session cannot be changed or removed.</summary>
    public const string DefaultSessionFixed = "default_session_fixed";

    /// <summary>The agent has as many sessions as it keeps.</summary>
    public const string TooManySessions = "too_many_sessions";

    /// <summary>A session's metadata is not a JSON object, or longer than 4 KiB.</summary>
    public const string InvalidMetadata = "invalid_metadata";

    /// <summary>A session's time to live is too short or too long.</summary>
    public const string InvalidTtl = "invalid_ttl";

    /// <summary>The place in the list of sessions is not there.</summary>
    public const string InvalidCursor = "invalid_cursor";

    /// <summary>The text to search for is empty or longer than 256 characters.</summary>
    public const string InvalidSearch = "invalid_search";

    /// <summary>The times of a schedule are none, or it would never run.</summary>
    public const string InvalidSchedule = "invalid_schedule";

    /// <summary>The agent has as many schedules as it keeps.</summary>
    public const string TooManySchedules = "too_many_schedules";

    /// <summary>A limit of a budget is none.</summary>
    public const string InvalidBudget = "invalid_budget";

    /// <summary>The agent has as many holds of unknown outcome as it keeps.</summary>
    public const string TooManyHolds = "too_many_holds";

    /// <summary>The agent has no limit of its own on the asset, and spends nothing that has none.</summary>
    public const string BudgetNoLimit = "budget_no_limit";

    /// <summary>A model has cost more than was held for it.</summary>
    public const string BudgetLocked = "budget_locked";

    /// <summary>It would take what is posted and held over the limit.</summary>
    public const string BudgetExceeded = "budget_exceeded";

    /// <summary>The secret store with the wallets' master key was not reached, and the agent has no wallet yet.</summary>
    public const string WalletUnavailable = "wallet_unavailable";

    /// <summary>The agent has no wallet.</summary>
    public const string WalletNotFound = "wallet_not_found";

    /// <summary>The master key that the wallet is encrypted with is not in the secret.</summary>
    public const string WalletKeyMissing = "wallet_key_missing";

    /// <summary>The wallet's key does not open.</summary>
    public const string WalletDamaged = "wallet_damaged";

    /// <summary>Who holds the wallet's key did not sign.</summary>
    public const string WalletSigningFailed = "wallet_signing_failed";

    /// <summary>The system prompt is longer than 16 KiB.</summary>
    public const string InvalidProfile = "invalid_profile";
}
