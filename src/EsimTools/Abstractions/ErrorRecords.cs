// The one factory of error records: the id is the name in EsimError, the category follows from it, the target is what the user gave.

using System.Management.Automation;

namespace EsimTools.Abstractions;

/// <summary>Turns the client's exceptions into error records.</summary>
internal static class ErrorRecords
{
    /// <summary>Makes the record for one failure.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="target">The user's own device object, or the request.</param>
    public static ErrorRecord From(EsimException exception, object? target) =>
        new(exception, exception.Error.ToString(), CategoryOf(exception.Error), target)
        {
            ErrorDetails = new ErrorDetails(exception.Message) { RecommendedAction = exception.RecommendedAction ?? string.Empty },
        };

    /// <summary>The category of an error id.</summary>
    public static ErrorCategory CategoryOf(EsimError error) => error switch
    {
        EsimError.EsimIccidInvalid or EsimError.EsimEidInvalid or EsimError.EsimImeiInvalid or EsimError.EsimIccidMissing or EsimError.EsimEidMissing
            or EsimError.EsimInputInvalid or EsimError.EsimCallbackInvalid or EsimError.EsimSandboxInvalid => ErrorCategory.InvalidData,
        EsimError.EsimParameterInvalid or EsimError.EsimAddressInvalid => ErrorCategory.InvalidArgument,
        EsimError.EsimProfileDuplicate => ErrorCategory.ResourceExists,
        EsimError.EsimProfileBusy => ErrorCategory.ResourceBusy,
        EsimError.EsimProfileNotDisabled or EsimError.EsimProfileNotDeletable or EsimError.EsimProfileAlreadyDeleted or EsimError.EsimProfileStateUnknown
            or EsimError.EsimProfileStateInvalid
            => ErrorCategory.InvalidOperation,
        EsimError.EsimProfileNotFound or EsimError.EsimRequestNotFound => ErrorCategory.ObjectNotFound,
        EsimError.EsimNotConnected or EsimError.EsimServiceUnreachable => ErrorCategory.ConnectionError,
        EsimError.EsimLoginRefused => ErrorCategory.AuthenticationError,
        EsimError.EsimThrottled => ErrorCategory.LimitsExceeded,
        EsimError.EsimServiceTimeout or EsimError.EsimWaitTimeout => ErrorCategory.OperationTimeout,
        EsimError.EsimAnswerInvalid => ErrorCategory.InvalidResult,
        EsimError.EsimListenerUnavailable or EsimError.EsimVaultUnavailable or EsimError.EsimDatabaseUnavailable => ErrorCategory.ResourceUnavailable,
        EsimError.EsimJournalUnavailable => ErrorCategory.WriteError,
        EsimError.EsimJournalInUse => ErrorCategory.ResourceBusy,
        EsimError.EsimJournalConflict => ErrorCategory.ResourceExists,
        EsimError.EsimJournalTooNew => ErrorCategory.ResourceUnavailable,
        EsimError.EsimRequestRefused => ErrorCategory.PermissionDenied,
        EsimError.EsimActionFailed or EsimError.EsimServiceFailed or EsimError.EsimTooManyErrors => ErrorCategory.OperationStopped,
        EsimError.EsimOutcomeUnknown => ErrorCategory.InvalidResult,
        EsimError.EsimPlanUnusable or EsimError.EsimPlanChanged or EsimError.EsimPolicyUnusable => ErrorCategory.InvalidData,
        EsimError.EsimPlanExpired or EsimError.EsimPlanDone or EsimError.EsimPlanHeld or EsimError.EsimPlanOutdated => ErrorCategory.InvalidOperation,
        EsimError.EsimPlanBusy => ErrorCategory.ResourceBusy,
        EsimError.EsimPlanNotApproved or EsimError.EsimPolicyRefused => ErrorCategory.PermissionDenied,
        EsimError.EsimNobodyToAsk => ErrorCategory.InvalidOperation,
        _ => ErrorCategory.NotSpecified,
    };
}
